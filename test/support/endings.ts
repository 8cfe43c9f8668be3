import { expect } from 'vitest'
import { afterwork } from './after-work.ts'
import { digitsMailedTo, lastMailTo, MAILING, RESET_URL, resetCode, resetLink, tokenIn } from './mailbox.ts'
import {
  ADDRESS,
  ANN,
  bearer,
  type Client,
  codeOf,
  from,
  NEXT,
  PASSWORD,
  people,
  register,
  sessionsIn,
  type TokenAnswer,
  workerClient,
} from './people.ts'
import { rowsOf } from './rows.ts'
import { type Settings, wrapped } from './wrapped-env.ts'

/** Everything that ends sessions of a user who has two. */

/** What was answered, in HTTP and over RPC alike: `done`, or a code and for how long to wait. */
export type Outcome = string
type Answer = { ok: boolean; error?: string; retryAfter?: number }
type Ask = (fields?: object, token?: string, address?: string) => Promise<Outcome>
export type Scene = { env: Env; who: Client; userId: number; one: TokenAnswer }
export type Ending = {
  title: string
  /** Which of the two sessions is over then; `one` is the session that asks. */
  over: 'one' | 'other' | 'both'
  begin: (scene: Scene) => Ask | Promise<Ask>
}
/** An ending that the database knows before the session object does: it is told by this message. */
export type Told = Ending & {
  by: 'advance' | 'bury'
  /** What the old name and the old password are answered afterwards, and what the same request is once it was completed. */
  logIn: Outcome
  again: Outcome
}

export const outcomeOf = async (asked: Promise<Response | Answer>): Promise<Outcome> => {
  const answer = await asked
  if (answer.ok) return 'done'
  if (!(answer instanceof Response)) return [answer.error, answer.retryAfter ?? []].flat().join(' ')
  const { code } = await answer.json<{ code: string }>()
  return [code, answer.headers.get('retry-after') ?? []].flat().join(' ')
}

const ending = (
  title: string,
  over: Ending['over'],
  ask: (scene: Scene) => Promise<Response | Answer>,
  before: (scene: Scene) => Promise<unknown> = async () => undefined,
): Ending => ({
  title,
  over,
  begin: async (scene) => {
    await before(scene)
    return () => outcomeOf(ask(scene))
  },
})

const idOf = async ({ who, one }: Scene, which: boolean) =>
  (await sessionsIn(await who.list(one.access_token))).find(({ current }) => current === which)?.id ?? ''

export const OF_SESSIONS: Ending[] = [
  ending('a log-out by the access token', 'one', ({ who, one }) => who.logOut(one.access_token)),
  ending('a log-out by the refresh token', 'one', ({ who, one }) => who.logOutBy(one.refresh_token)),
  ending(
    'a log-out by a refresh token of an older generation',
    'one',
    ({ who, one }) => who.logOutBy(one.refresh_token),
    ({ who, one }) => who.refresh(one.refresh_token),
  ),
  ending('a log-out everywhere', 'both', ({ who, one }) => who.logOut(one.access_token, { all: true })),
  ending('7.5.2 the end of this session, by its id', 'one', async (scene) =>
    scene.who.endSession(scene.one.access_token, await idOf(scene, true)),
  ),
  ending('7.5.2 the end of the other session, by its id', 'other', async (scene) =>
    scene.who.endSession(scene.one.access_token, await idOf(scene, false)),
  ),
  ending('7.5.2 the end of all but this session', 'other', ({ who, one }) => who.endOthers(one.access_token)),
  ending('7.4.5 the end of one session by a backend', 'other', async (scene) =>
    scene.who.revokeSession(scene.userId, await idOf(scene, false)),
  ),
]

const NEW_ADDRESS = 'ann@new.example'

/** Sends a body with what was mailed, from wherever it is said; an access token only where one is needed. */
const presenting =
  (who: Client, path: string, body: object, usual = ''): Ask =>
  (fields, token = usual, address = ADDRESS) =>
    outcomeOf(who.post(path, { ...body, ...fields }, { ...from(address), ...(token && bearer(token)) }))

const resetting = ({ who }: Scene, secret: object) =>
  presenting(who, '/auth/password/reset', { ...secret, new_password: NEXT })

async function changing({ who, one: { access_token } }: Scene) {
  await who.post('/auth/email/change', { email: NEW_ADDRESS, password: PASSWORD }, bearer(access_token))
  const body = { email: NEW_ADDRESS, code: await digitsMailedTo(NEW_ADDRESS) }
  return presenting(who, '/auth/email/verify', body, access_token)
}

async function stopping(scene: Scene) {
  await (await changing(scene))()
  return presenting(scene.who, '/auth/email/stop', { token: tokenIn(await lastMailTo(ANN)) })
}

/** What else takes a code, and ends nothing: an address is confirmed, or a registration. */
export async function confirming({ who }: Scene) {
  await who.post('/auth/email/send-code', { email: ANN })
  return presenting(who, '/auth/email/verify', { email: ANN, code: await digitsMailedTo(ANN) })
}

export async function registering({ who }: Scene) {
  const email = 'bob@example.com'
  const begun = await who.post('/auth/register', { email, password: PASSWORD })
  const { registration } = await begun.json<{ registration: string }>()
  return presenting(who, '/auth/email/verify', { registration, code: await digitsMailedTo(email) })
}

const mailed = (title: string, over: Ending['over'], begin: Ending['begin']): Told => ({
  ...{ title, over, begin, by: 'advance', logIn: 'invalid_credentials', again: 'invalid_code' },
})

export const BY_DIGITS = mailed('a reset by digits', 'both', async (scene) =>
  resetting(scene, { email: ANN, code: await resetCode(ANN, scene.env) }),
)
export const BY_CHANGED_ADDRESS = mailed('a changed address', 'other', changing)

export const BY_LINK = mailed('a reset by the link', 'both', async (scene) =>
  resetting(scene, { token: await resetLink(ANN, scene.env) }),
)

/** Those that take what was mailed. */
export const BY_MAIL: Told[] = [BY_DIGITS, BY_LINK, BY_CHANGED_ADDRESS, mailed('a stopped change', 'both', stopping)]

/** Those that change a user, and which of its SQL requests makes the change. */
export const OF_USERS: (Told & { change: number })[] = [
  {
    ...ending('7.4.3 a password change', 'other', ({ who, one }) => who.changePassword(one.access_token, NEXT)),
    ...{ by: 'advance', logIn: 'invalid_credentials', again: 'wrong_password', change: 2 },
  },
  {
    ...ending('7.4.2 a deletion', 'both', ({ who, one }) => who.deleteAccount(one.access_token)),
    ...{ by: 'bury', logIn: 'invalid_credentials', again: 'invalid_access_token', change: 2 },
  },
  {
    ...ending('7.4.2 a disabling', 'both', ({ who, userId }) => who.disable(userId)),
    ...{ by: 'advance', logIn: 'account_disabled', again: 'done', change: 1 },
  },
  {
    ...ending('7.4.5 the end of all sessions by a backend', 'both', ({ who, userId }) => who.revoke(userId)),
    ...{ by: 'advance', logIn: 'done', again: 'done', change: 1 },
  },
]

export async function refusedBy(who: Client, { access_token, refresh_token }: TokenAnswer) {
  expect(await codeOf(await who.me(access_token))).toBe('401 invalid_access_token')
  expect(await who.verify(access_token)).toEqual({ ok: false, error: 'invalid_access_token' })
  expect(await codeOf(await who.refresh(refresh_token))).toBe('401 invalid_refresh_token')
  expect(await codeOf(await who.list(access_token))).toBe('401 invalid_access_token')
  expect((await who.endOthers(access_token)).status).toBe(401)
  expect((await who.changeProfile(access_token, { full_name: 'Eve' })).status).toBe(401)
  expect((await who.changePassword(access_token, NEXT)).status).toBe(401)
  expect((await who.deleteAccount(access_token)).status).toBe(401)
}

export async function lives(who: Client, { access_token, refresh_token }: TokenAnswer) {
  expect((await who.me(access_token)).status).toBe(200)
  expect(await who.verify(access_token)).toMatchObject({ ok: true })
  expect((await who.refresh(refresh_token)).status).toBe(200)
}

/** Two sessions that are in use, and KV as it may be: everybody is shown the profile that was there at first, for ever. */
export async function twoSessions({ begin, over }: Ending, settings: Settings = {}) {
  const userId = await register()
  const watch = wrapped({ ...MAILING, RESET_URL, ...settings })
  const who = workerClient(watch.env)
  const one = await people.logIn()
  const end = await begin({ env: watch.env, who, userId, one })
  const [user] = await rowsOf<{ email: string }>('users')
  const other = await people.logIn({ username: user?.email })
  await afterwork()
  let first: unknown
  watch.on('Profiles.get', async (go) => {
    first ??= await go()
    return structuredClone(first)
  })
  expect((await who.me(other.access_token)).status).toBe(200)
  const isOver = async () => {
    await (over === 'other' ? lives : refusedBy)(who, one)
    await (over === 'one' ? lives : refusedBy)(who, other)
  }
  return { watch, who, end, isOver, one, other, userId }
}
