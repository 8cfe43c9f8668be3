import type { Tables } from '../../db/object-tables.ts'
import type { OutboxEvent } from './state/messages.ts'
import type { Account, Changes, Session } from './state/types.ts'

/**
 * Columns bear the names of the properties, so a row is nearly its value: only lists and booleans change their form. Neither table
 * has an index beside itself, which would be a row more for each row: ids are random, and rows are few. `place` is the order
 * of creation.
 */
const ACCOUNT = `CREATE TABLE account (
  one INTEGER PRIMARY KEY CHECK (one = 1), userId INTEGER NOT NULL, version INTEGER NOT NULL,
  authVersion INTEGER NOT NULL, status TEXT NOT NULL, claims TEXT NOT NULL, buried INTEGER NOT NULL,
  dropped INTEGER NOT NULL, clock INTEGER NOT NULL)`
const SESSIONS = `(
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, secretHash TEXT NOT NULL, clientId TEXT NOT NULL,
  transport TEXT NOT NULL, amr TEXT NOT NULL, authTime INTEGER NOT NULL, createdAt INTEGER NOT NULL,
  absoluteEnd INTEGER NOT NULL, authVersion INTEGER NOT NULL, lastUsedAt INTEGER NOT NULL, idleEnd INTEGER NOT NULL,
  address TEXT NOT NULL, country TEXT, device TEXT NOT NULL, network TEXT NOT NULL, agent TEXT NOT NULL,
  generation INTEGER NOT NULL, rotatedAt INTEGER NOT NULL, arrived INTEGER NOT NULL, shadowedAt INTEGER NOT NULL,
  endedAt INTEGER, endReason TEXT, knocks INTEGER NOT NULL, shadowRecordedAt INTEGER NOT NULL DEFAULT 0)`
const OUTBOX = `(
  place INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, type TEXT NOT NULL, payload TEXT NOT NULL)`

type Column = keyof Session
const LASTING: Column[] = ['id', 'secretHash', 'clientId', 'transport', 'amr', 'authTime', 'createdAt', 'absoluteEnd']
const MOVING: Column[] = [
  ...(['authVersion', 'lastUsedAt', 'idleEnd', 'address', 'country', 'device', 'network', 'agent'] as const),
  ...(['generation', 'rotatedAt', 'arrived', 'shadowedAt', 'shadowRecordedAt'] as const),
  ...(['endedAt', 'endReason', 'knocks'] as const),
]
const ALL = [...LASTING, ...MOVING]

export const TABLES: Tables = {
  first: 'account',
  steps: [
    'ALTER TABLE sessions ADD COLUMN shadowRecordedAt INTEGER NOT NULL DEFAULT 0',
    `CREATE TABLE sessions_3 ${SESSIONS};
    INSERT INTO sessions_3 (${ALL.join(', ')}) SELECT ${ALL.join(', ')} FROM sessions ORDER BY rowid;
    DROP TABLE sessions;
    ALTER TABLE sessions_3 RENAME TO sessions;
    CREATE TABLE outbox_3 ${OUTBOX};
    INSERT INTO outbox_3 (place, id, at, type, payload) SELECT place, id, at, type, payload FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE outbox_3 RENAME TO outbox`,
  ],
  fresh: `${ACCOUNT}; CREATE TABLE sessions ${SESSIONS}; CREATE TABLE outbox ${OUTBOX}`,
}

const ADD_SESSION = `INSERT INTO sessions (${ALL.join(', ')}) VALUES (${ALL.map(() => '?').join(', ')})`
const SAVE_ACCOUNT = `INSERT OR REPLACE INTO account
  (one, userId, version, authVersion, status, claims, buried, dropped, clock) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`

type AccountRow = Omit<Account, 'claims' | 'buried'> & { claims: string; buried: number }

export function readAccount(sql: SqlStorage): Account | null {
  const columns = 'userId, version, authVersion, status, claims, buried, dropped, clock'
  const [row] = sql.exec<AccountRow>(`SELECT ${columns} FROM account`).toArray()
  return row === undefined ? null : { ...row, claims: JSON.parse(row.claims), buried: row.buried === 1 }
}

type SessionRow = Omit<Session, 'amr' | 'arrived'> & { amr: string; arrived: number }

export const readSessions = (sql: SqlStorage): Session[] =>
  sql
    .exec<SessionRow>(`SELECT ${ALL.join(', ')} FROM sessions ORDER BY place`)
    .toArray()
    .map((row) => ({ ...row, amr: JSON.parse(row.amr), arrived: row.arrived === 1 }))

export const countOutbox = (sql: SqlStorage): number =>
  sql.exec<{ count: number }>('SELECT count(*) AS count FROM outbox').one().count

type OutboxRow = Omit<OutboxEvent, 'payload'> & { payload: string }

export const readOutbox = (sql: SqlStorage, limit: number): OutboxEvent[] =>
  sql
    .exec<OutboxRow>('SELECT id, at, type, payload FROM outbox ORDER BY place LIMIT ?', limit)
    .toArray()
    .map((row) => ({ ...row, payload: JSON.parse(row.payload) }))

export const countInOutbox = (sql: SqlStorage, ids: string[]): number =>
  sql
    .exec<{ count: number }>(
      'SELECT count(*) AS count FROM outbox WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    )
    .one().count

export const deleteFromOutbox = (sql: SqlStorage, ids: string[]): void =>
  void sql.exec('DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))

/** The same few sets of columns move again and again, and the platform knows a statement by its text. */
const updates = new Map<string, string>()

function updateOf(columns: Column[]): string {
  const name = columns.join()
  const known =
    updates.get(name) ?? `UPDATE sessions SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`
  updates.set(name, known)
  return known
}

function cell(session: Session, column: Column): SqlStorageValue {
  const value = session[column]
  if (typeof value === 'boolean') return value ? 1 : 0
  return Array.isArray(value) ? JSON.stringify(value) : value
}

function saveAccount(sql: SqlStorage, account: Account) {
  const { userId, version, authVersion, status, claims, buried, dropped, clock } = account
  sql.exec(SAVE_ACCOUNT, userId, version, authVersion, status, JSON.stringify(claims), buried ? 1 : 0, dropped, clock)
}

export function write(sql: SqlStorage, changes: Changes): void {
  if (changes.account !== null) saveAccount(sql, changes.account)
  for (const id of changes.removed) sql.exec('DELETE FROM sessions WHERE id = ?', id)
  for (const session of changes.opened) sql.exec(ADD_SESSION, ...ALL.map((column) => cell(session, column)))
  for (const { before, after } of changes.updated) {
    const moved = MOVING.filter((column) => after[column] !== before[column])
    if (moved.length > 0) sql.exec(updateOf(moved), ...moved.map((column) => cell(after, column)), after.id)
  }
  for (const { at, type, payload } of changes.events) {
    const row = [crypto.randomUUID(), at, type, JSON.stringify(payload)]
    sql.exec('INSERT INTO outbox (id, at, type, payload) VALUES (?, ?, ?, ?)', ...row)
  }
}
