import type { Claim } from './messages.ts'
import { type Attempt, emptyState, type GuardState } from './state.ts'

type AttemptRow = { id: string; status: Attempt['status']; reserved_at: number; at: number; claims: string }
type NetworkRow = { network: string; until: number }

/** An object that never counted anything owns not even a table. */
export function hasTables(sql: SqlStorage): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'attempts'").toArray().length > 0
}

export function createTables(sql: SqlStorage): void {
  sql.exec(`
    CREATE TABLE attempts (
      id TEXT PRIMARY KEY, status TEXT NOT NULL, reserved_at INTEGER NOT NULL, at INTEGER NOT NULL, claims TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE networks (network TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE outbox (
      place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event TEXT NOT NULL, missed INTEGER NOT NULL DEFAULT 0
    );
  `)
}

export function load(sql: SqlStorage): GuardState {
  const rows = sql.exec<AttemptRow>('SELECT id, status, reserved_at, at, claims FROM attempts').toArray()
  const attempts = rows.map(({ id, status, reserved_at: reservedAt, at, claims }): [string, Attempt] => [
    id,
    { id, status, reservedAt, at, claims: JSON.parse(claims) as Claim[] },
  ])
  const networks = sql.exec<NetworkRow>('SELECT network, until FROM networks').toArray()
  const seen = attempts.map(([, { status, reservedAt, at }]) => (status === 'pending' ? reservedAt : at))
  return {
    ...emptyState(),
    attempts: new Map(attempts),
    networks: new Map(networks.map(({ network, until }) => [network, until])),
    clock: seen.reduce((latest, at) => Math.max(latest, at), 0),
  }
}

/** Writes what differs and nothing else: one row for a reservation, one for its settlement. */
export function save(sql: SqlStorage, before: GuardState, after: GuardState): void {
  for (const id of before.attempts.keys()) {
    if (!after.attempts.has(id)) sql.exec('DELETE FROM attempts WHERE id = ?', id)
  }
  for (const { id, status, reservedAt, at, claims } of differing(before.attempts, after.attempts)) {
    sql.exec(
      `INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, at = excluded.at, claims = excluded.claims`,
      ...[id, status, reservedAt, at, JSON.stringify(claims)],
    )
  }
  for (const network of before.networks.keys()) {
    if (!after.networks.has(network)) sql.exec('DELETE FROM networks WHERE network = ?', network)
  }
  for (const [network, until] of after.networks) {
    if (before.networks.get(network) !== until) {
      sql.exec('INSERT OR REPLACE INTO networks (network, until) VALUES (?, ?)', network, until)
    }
  }
}

export function differs(before: GuardState, after: GuardState): boolean {
  return (
    before.attempts.size !== after.attempts.size ||
    before.networks.size !== after.networks.size ||
    differing(before.attempts, after.attempts).length > 0 ||
    differing(before.networks, after.networks).length > 0
  )
}

function differing<V>(before: ReadonlyMap<string, V>, after: ReadonlyMap<string, V>): V[] {
  return [...after].filter(([key, value]) => before.get(key) !== value).map(([, value]) => value)
}
