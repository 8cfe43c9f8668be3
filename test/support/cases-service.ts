import { vi } from 'vitest'
import { call } from './api.ts'
import { type Case, type Cases, withoutPostgres } from './cases.ts'

const plainly: Cases = { succeeds: (path) => call(path), refuses: {} }

/** Readiness is remembered for seconds, so each question is asked in a year of its own. */
const inTheYear =
  (year: number): Case =>
  (path) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(year) })
    return call(path)
  }

export const SERVICE_CASES: Record<string, Cases> = {
  'get /': plainly,
  'get /health/live': plainly,
  'get /health/ready': { succeeds: inTheYear(2031), refuses: { not_ready: withoutPostgres(inTheYear(2032)) } },
  'get /.well-known/jwks.json': plainly,
  'get /api/openapi.json': plainly,
  'get /api/asyncapi.json': plainly,
}
