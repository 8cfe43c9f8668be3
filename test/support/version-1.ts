/**
 * The statements that the first version of the objects executes, word for word: what a program that was rolled back does to
 * tables that have stepped forward. They never change.
 */

export const SESSIONS_1 = {
  tables: `
  CREATE TABLE IF NOT EXISTS account (
    one INTEGER PRIMARY KEY CHECK (one = 1), userId INTEGER NOT NULL, version INTEGER NOT NULL,
    authVersion INTEGER NOT NULL, status TEXT NOT NULL, claims TEXT NOT NULL, buried INTEGER NOT NULL,
    dropped INTEGER NOT NULL, clock INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, secretHash TEXT NOT NULL, clientId TEXT NOT NULL, transport TEXT NOT NULL, amr TEXT NOT NULL,
    authTime INTEGER NOT NULL, createdAt INTEGER NOT NULL, absoluteEnd INTEGER NOT NULL, authVersion INTEGER NOT NULL,
    lastUsedAt INTEGER NOT NULL, idleEnd INTEGER NOT NULL, address TEXT NOT NULL, country TEXT, device TEXT NOT NULL,
    network TEXT NOT NULL, agent TEXT NOT NULL, generation INTEGER NOT NULL, rotatedAt INTEGER NOT NULL,
    arrived INTEGER NOT NULL, shadowedAt INTEGER NOT NULL, endedAt INTEGER, endReason TEXT, knocks INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS outbox (
    place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, type TEXT NOT NULL,
    payload TEXT NOT NULL);`,
  readAccount: 'SELECT userId, version, authVersion, status, claims, buried, dropped, clock FROM account',
  readSessions: `SELECT id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks FROM sessions ORDER BY rowid`,
  addSession: `INSERT INTO sessions (id, secretHash, clientId, transport, amr, authTime, createdAt, absoluteEnd, authVersion, lastUsedAt, idleEnd, address, country, device, network, agent, generation, rotatedAt, arrived, shadowedAt, endedAt, endReason, knocks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  refresh: 'UPDATE sessions SET lastUsedAt = ?, idleEnd = ?, generation = ?, rotatedAt = ?, arrived = ? WHERE id = ?',
  shadow: 'UPDATE sessions SET lastUsedAt = ?, shadowedAt = ? WHERE id = ?',
  removeSession: 'DELETE FROM sessions WHERE id = ?',
  saveAccount: `INSERT OR REPLACE INTO account
  (one, userId, version, authVersion, status, claims, buried, dropped, clock) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
  countOutbox: 'SELECT count(*) AS count FROM outbox',
  readOutbox: 'SELECT id, at, type, payload FROM outbox ORDER BY place LIMIT ?',
  countInOutbox: 'SELECT count(*) AS count FROM outbox WHERE id IN (SELECT value FROM json_each(?))',
  addToOutbox: 'INSERT INTO outbox (id, at, type, payload) VALUES (?, ?, ?, ?)',
  deleteFromOutbox: 'DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?))',
} as const

export const GUARD_1 = {
  hasTables: "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'attempts'",
  readAttempts: 'SELECT id, status, reserved_at, at, claims FROM attempts',
  readNetworks: 'SELECT network, until FROM networks',
  saveAttempt: `INSERT INTO attempts (id, status, reserved_at, at, claims) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET status = excluded.status, at = excluded.at, claims = excluded.claims`,
  removeAttempt: 'DELETE FROM attempts WHERE id = ?',
  saveNetwork: 'INSERT OR REPLACE INTO networks (network, until) VALUES (?, ?)',
  removeNetwork: 'DELETE FROM networks WHERE network = ?',
  missed: 'UPDATE outbox SET missed = missed + 1 WHERE place = (SELECT MAX(place) FROM outbox)',
  addToOutbox: 'INSERT INTO outbox (id, event) VALUES (?, ?)',
  readOutbox: 'SELECT id, event, missed FROM outbox ORDER BY place LIMIT ?',
  removeFromOutbox: 'DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?)) RETURNING event, missed',
  countOutbox: 'SELECT COUNT(*) AS rows FROM outbox',
} as const
