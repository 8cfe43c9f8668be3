import type { Database } from '../../dev/stack/engine.ts'

const TABLES = ['users', 'identifiers', 'codes', 'outbox', 'event_counters']
const SEQUENCES = ['users_user_id_seq', 'outbox_place_seq']

/** What TRUNCATE … RESTART IDENTITY does, the lock included, without its new files: with a few rows they are all that it costs. */
const EMPTYING = [
  `lock table ${TABLES.join(', ')} in access exclusive mode`,
  `with ${TABLES.map((table) => `empty_${table} as (delete from ${table})`).join(', ')}
   select ${SEQUENCES.map((sequence) => `setval('${sequence}', 1, false)`).join(', ')}`,
].map((text) => ({ text }))

export const emptyTables = (database: Database) => database.batch(EMPTYING)
