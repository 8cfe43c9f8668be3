import type { Tables } from '../../db/object-tables.ts'
import { log } from '../../kernel/log.ts'
import type { Charge } from './messages.ts'
import { type Attempt, emptyState, type GuardState } from './state.ts'

const OUTBOX = '(place INTEGER PRIMARY KEY, id TEXT NOT NULL, event TEXT NOT NULL, missed INTEGER NOT NULL DEFAULT 0)'

export const TABLES: Tables = {
  first: 'attempts',
  steps: [
    "ALTER TABLE attempts ADD COLUMN later_claims TEXT NOT NULL DEFAULT '[]'",
    // An index is a row more for each row. Ids are random, and rows are few.
    `CREATE TABLE outbox_3 ${OUTBOX};
    INSERT INTO outbox_3 (place, id, event, missed) SELECT place, id, event, missed FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE outbox_3 RENAME TO outbox`,
  ],
  fresh: `CREATE TABLE attempts (
      id TEXT PRIMARY KEY, status TEXT NOT NULL, reserved_at INTEGER NOT NULL, at INTEGER NOT NULL, claims TEXT NOT NULL,
      later_claims TEXT NOT NULL DEFAULT '[]'
    ) WITHOUT ROWID;
    CREATE TABLE networks (network TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE outbox ${OUTBOX}`,
}

/**
 * The first version of the program fails on a charge whose budget it does not know, and would be jammed after a rollback. So it
 * finds only these in `claims`, and all others are in `later_claims`. This list never grows.
 */
const KNOWN_TO_VERSION_1: ReadonlySet<string> = new Set([
  ...['pair', 'address', 'prefix56', 'prefix48', 'identifier', 'knownNetwork', 'device', 'session'],
  ...['codeAddress', 'codeAccount', 'codeAlarm', 'codeRequests', 'mailAddress', 'mailbox', 'mailTotal', 'notice'],
])

type AttemptRow = {
  id: string
  status: string
  reserved_at: number
  at: number
  claims: string
  later_claims: string
}
type NetworkRow = { network: string; until: number }

export function load(sql: SqlStorage): GuardState {
  const rows = sql.exec<AttemptRow>('SELECT id, status, reserved_at, at, claims, later_claims FROM attempts').toArray()
  const attempts = rows.map(attemptIn)
  const networks = sql.exec<NetworkRow>('SELECT network, until FROM networks').toArray()
  return {
    ...emptyState(),
    attempts: new Map(attempts.map((attempt) => [attempt.id, attempt])),
    networks: new Map(networks.map(({ network, until }) => [network, until])),
    clock: attempts.reduce((latest, attempt) => Math.max(latest, lastSeen(attempt)), 0),
  }
}

function attemptIn({ id, status, reserved_at: reservedAt, at, claims, later_claims: later }: AttemptRow): Attempt {
  const known = STATUSES.find((one) => one === status) ?? 'unknown'
  return { id, status: known, reservedAt, at, charges: [...chargesIn(claims), ...chargesIn(later)] }
}

const STATUSES = ['pending', 'wrong', 'lapsed'] as const

/** `at` of a pending attempt lies in the future. */
const lastSeen = ({ status, reservedAt, at }: Attempt) => (status === 'wrong' || status === 'lapsed' ? at : reservedAt)

/**
 * What cannot be read counts for nobody, and an attempt without charges is forgotten: one guess more is better than a guard that
 * answers nobody until somebody repairs it.
 */
function chargesIn(text: string): Charge[] {
  const list = parsed(text)
  const charges = Array.isArray(list) ? list.filter(isCharge) : []
  if (!Array.isArray(list) || charges.length < list.length) log.error({ code: 'guard_row_unreadable' })
  return charges
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isCharge(value: unknown): value is Charge {
  if (!isObject(value) || !isObject(value.budget)) return false
  const { name, key, budget } = value
  return [name, key].every((text) => typeof text === 'string') && [budget.limit, budget.seconds].every(Number.isFinite)
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Writes only the differences: one row for a reservation, one for its settlement. */
export function save(sql: SqlStorage, before: GuardState, after: GuardState): void {
  for (const id of before.attempts.keys()) {
    if (!after.attempts.has(id)) sql.exec('DELETE FROM attempts WHERE id = ?', id)
  }
  for (const { id, status, reservedAt, at, charges } of differing(before.attempts, after.attempts)) {
    sql.exec(
      `INSERT INTO attempts (id, status, reserved_at, at, claims, later_claims) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET
         status = excluded.status, at = excluded.at, claims = excluded.claims, later_claims = excluded.later_claims`,
      ...[id, status, reservedAt, at, ...apart(charges).map((part) => JSON.stringify(part))],
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

function apart(charges: readonly Charge[]): [known: Charge[], later: Charge[]] {
  const isKnown = ({ name }: Charge) => KNOWN_TO_VERSION_1.has(name)
  return [charges.filter(isKnown), charges.filter((charge) => !isKnown(charge))]
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
