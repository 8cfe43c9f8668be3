/** What one operation calls and writes. test/costs.test.ts counts it, and docs/cost.md reckons with it. */
export type Counted = { objectCalls: number; rows: number; sql: number; kvReads: number; kvWrites: number }

const NONE: Counted = { objectCalls: 0, rows: 0, sql: 0, kvReads: 0, kvWrites: 0 }

/** Of an account that has logged in before, from an address that is known, if nothing else is said. */
export const COUNTED = {
  register: { ...NONE, objectCalls: 2, rows: 8, sql: 1, kvReads: 1, kvWrites: 1 },
  'log-in, the first': { ...NONE, objectCalls: 5, rows: 19, sql: 1 },
  'log-in': { ...NONE, objectCalls: 5, rows: 5, sql: 1 },
  'log-in, at the limit of sessions': { ...NONE, objectCalls: 5, rows: 6, sql: 1 },
  'log-in, new address': { ...NONE, objectCalls: 5, rows: 12, sql: 1 },
  'log-in, new device': { ...NONE, objectCalls: 6, rows: 9, sql: 1 },
  'log-in, known device': { ...NONE, objectCalls: 6, rows: 3, sql: 1 },
  'wrong password': { ...NONE, objectCalls: 4, rows: 4, sql: 1 },
  refresh: { ...NONE, objectCalls: 1, rows: 1 },
  'me, first use of a token': { ...NONE, objectCalls: 1, rows: 1, kvReads: 1 },
  me: { ...NONE, objectCalls: 1 },
  'me, nothing cached': { ...NONE, objectCalls: 1, sql: 1, kvReads: 2, kvWrites: 1 },
  verify: { ...NONE, objectCalls: 1 },
  'verify, seen lately': NONE,
  'log-out': { ...NONE, objectCalls: 1, rows: 1 },
} satisfies Record<string, Counted>

export type Name = keyof typeof COUNTED
