import { exports } from 'cloudflare:workers'
import type { AuthRpc, VerifyRpc } from '../../examples/consumer-worker/src/postern.ts'
import type { FieldProblem } from '../../src/kernel/failure.ts'
import { PASSWORD } from './people.ts'
import type { Entrypoint } from './rpc-shapes.ts'

// The types that consumers copy: that they fit the entrypoints is for the compiler to say.
export const verifyRpc: VerifyRpc = exports.VerifyRpc
export const authRpc: AuthRpc = exports.AuthRpc
export const operatorRpc = exports.OperatorRpc

type Asked = (...message: unknown[]) => Promise<Answered<unknown> & { fields?: FieldProblem[] }>

/** A method as a Worker that binds its entrypoint reaches it, with no type in the way. */
export const reached = (entrypoint: Entrypoint, method: string): Asked => {
  const methods = exports[entrypoint] as unknown as Record<string, Asked>
  return async (...message) => methods[method]?.(...message) ?? Promise.reject(new Error(`no method ${method}`))
}

export const client = {
  address: '203.0.113.9',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
  country: 'FI',
}
export const ann = { client, username: 'ann@example.com', password: PASSWORD }

export type Answered<Value> = { ok: true; value: Value } | { ok: false; error: string }

export async function granted<Value>(asked: Promise<Answered<Value>>): Promise<Value> {
  const answer = await asked
  if (!answer.ok) throw new Error(`refused: ${answer.error}`)
  return answer.value
}

export async function outcomeOf(asked: Promise<Answered<unknown>>): Promise<string> {
  const answer = await asked
  return answer.ok ? 'ok' : answer.error
}
