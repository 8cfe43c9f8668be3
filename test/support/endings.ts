import { digitsMailedTo, lastMailTo, resetCode, resetLink, tokenIn } from './mailbox.ts'
import { ANN, bearer, type Client, NEXT, PASSWORD, sessionsIn, type TokenAnswer } from './people.ts'

/** Everything that ends sessions of a user who has two. */

/** What was answered, in HTTP and over RPC alike: `done`, or a code and for how long to wait. */
export type Outcome = string
type Answer = { ok: boolean; error?: string; retryAfter?: number }
type Ask = (fields?: object, token?: string) => Promise<Outcome>
export type Scene = { env: Env; who: Client; userId: number; one: TokenAnswer }
export type Ending = {
  title: string
  /** Which of the two sessions is over then; `one` is the session that asks. */
  over: 'one' | 'other' | 'both'
  begin: (scene: Scene) => Ask | Promise<Ask>
}
/** An ending that the database knows before the session object does. */
export type Told = Ending & {
  by: 'advance' | 'bury'
  /** What the old name and the old password are answered afterwards, and what the same request is once it was completed. */
  logIn: Outcome
  again: Outcome
  /** Which of its SQL requests makes the change. */
  change: number
}

const outcomeOf = async (asked: Promise<Response | Answer>): Promise<Outcome> => {
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
const GONE = { logIn: 'invalid_credentials', change: 1 } as const

const resetting = ({ who }: Scene, secret: object): Ask => {
  const body = { ...secret, new_password: NEXT }
  return (fields) => outcomeOf(who.post('/auth/password/reset', { ...body, ...fields }))
}

async function changing({ who, one }: Scene): Promise<Ask> {
  const asked = { email: NEW_ADDRESS, password: PASSWORD }
  await who.post('/auth/email/change', asked, bearer(one.access_token))
  const body = { email: NEW_ADDRESS, code: await digitsMailedTo(NEW_ADDRESS) }
  return (fields, token = one.access_token) =>
    outcomeOf(who.post('/auth/email/verify', { ...body, ...fields }, bearer(token)))
}

async function stopping(scene: Scene): Promise<Ask> {
  await (await changing(scene))()
  const body = { token: tokenIn(await lastMailTo(ANN)) }
  return () => outcomeOf(scene.who.post('/auth/email/stop', body))
}

const mailed = (title: string, over: Ending['over'], begin: Ending['begin']): Told => ({
  ...{ title, over, begin, by: 'advance', again: 'invalid_code' },
  ...GONE,
})

export const BY_DIGITS = mailed('a reset by digits', 'both', async (scene) =>
  resetting(scene, { email: ANN, code: await resetCode(ANN, scene.env) }),
)
export const BY_CHANGED_ADDRESS = mailed('a changed address', 'other', changing)

/** Those that take what was mailed. */
export const BY_MAIL: Told[] = [
  BY_DIGITS,
  mailed('a reset by the link', 'both', async (scene) => resetting(scene, { token: await resetLink(ANN, scene.env) })),
  BY_CHANGED_ADDRESS,
  mailed('a stopped change', 'both', stopping),
]

export const OF_USERS: Told[] = [
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
  ...BY_MAIL,
]
