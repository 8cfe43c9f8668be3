import { exports } from 'cloudflare:workers'
import type { AuthRpc, VerifyRpc } from '../../examples/consumer-worker/src/postern.ts'
import { PASSWORD } from './people.ts'

// The types that consumers copy: that they fit the entrypoints is for the compiler to say.
export const verifyRpc: VerifyRpc = exports.VerifyRpc
export const authRpc: AuthRpc = exports.AuthRpc
export const operatorRpc = exports.OperatorRpc

export const REACHABLE = {
  VerifyRpc: ['verify', 'introspect'],
  AuthRpc: [
    'register',
    'sendCode',
    'verifyEmail',
    'changeEmail',
    'forgotPassword',
    'resetPassword',
    'login',
    'refresh',
    'logout',
    'getUser',
    'listSessions',
    'revokeSession',
    'revokeUser',
  ],
  OperatorRpc: [
    ...(['getUser', 'findUser', 'disableUser', 'enableUser', 'setRoles', 'outboxStatus'] as const),
    ...(['replayDeadLetter', 'discardDeadLetter'] as const),
  ],
} as const

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
