import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { UserSessions } from '../../src/compose/objects.ts'
import { rowsOf } from './rows.ts'

/** The session object of a user, as long as there is a row that names it. */
export async function sessionObjectOf(userId: number): Promise<DurableObjectStub<UserSessions>> {
  const [user] = await rowsOf<{ subject: string }>(`users where user_id = ${userId}`)
  if (!user) throw new Error(`no user ${userId}`)
  return env.USER_SESSIONS.getByName(user.subject)
}

/** From now on it moves its events with these bindings, also where its alarm rings by itself. */
export const hears = (object: DurableObjectStub<UserSessions>, bindings: Env): Promise<void> =>
  runInDurableObject(
    object,
    (instance) => void Object.defineProperty(instance, 'env', { value: bindings, configurable: true }),
  )

/** Has it move its events now, with these bindings. */
export async function ring(object: DurableObjectStub<UserSessions>, bindings: Env): Promise<boolean> {
  await hears(object, bindings)
  return runDurableObjectAlarm(object)
}

export async function waitingIn(object: DurableObjectStub<UserSessions>): Promise<number> {
  const peeked = await object.outboxPeek(1)
  return peeked.ok ? peeked.value.waiting : Number.NaN
}
