import { logIn } from '../../features/login/log-in.ts'
import { register } from '../../features/registration/register.ts'
import type { Registered } from '../../features/registration/wire.ts'
import { sessionNotFound } from '../../features/sessions/failures.ts'
import type { Issued } from '../../features/sessions/issue-tokens.ts'
import { logOut } from '../../features/sessions/log-out.ts'
import { refresh } from '../../features/sessions/refresh.ts'
import type { ListedSession } from '../../features/sessions/state/messages.ts'
import { introspect } from '../../features/sessions/verify.ts'
import { canonicalIdentifier } from '../../features/users/canonical.ts'
import { userNotFound } from '../../features/users/failures.ts'
import { findById, findByIdentifier } from '../../features/users/store.ts'
import { type User, usernameOf } from '../../features/users/user.ts'
import { disableUser, enableUser, revokeUser, setRoles } from '../../features/users/user-state.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import type { Parsed, Written } from '../../kernel/lazy.ts'
import type * as wire from './wire.ts'

// The same use cases as behind HTTP, with names in the way of JavaScript.

export { discardDeadLetter, outboxStatus, replayDeadLetter } from '../../features/events/replay.ts'
export { verify } from '../../features/sessions/verify.ts'

export const introspectToken = (deps: Deps, { token }: Parsed<typeof wire.Introspect>) => introspect(deps, token)

export async function registerUser(deps: Deps, { fullName, client: _, ...names }: Parsed<typeof wire.Register>) {
  const answer = await register(deps, { ...names, full_name: fullName })
  if (!answer.done) return { status: answer.pending.status, registration: answer.pending.registration }
  return shownRegistered(answer.registered)
}

/** Field by field, here as below: nothing that is added to what the use cases hand over leaves unseen. */
export const shownRegistered = (registered: Written<typeof Registered>) => ({
  userId: registered.user_id,
  username: registered.username,
  email: registered.email,
  fullName: registered.full_name,
  createdAt: registered.created_at,
})

export async function logInFor(deps: Deps, message: Parsed<typeof wire.LogIn>) {
  const { username, password, deviceToken, transport } = message
  const loggedIn = await logIn(deps, { identifier: username, password, deviceToken, transport })
  return { ...tokensOf(loggedIn), deviceToken: loggedIn.deviceToken }
}

export const refreshFor = async (deps: Deps, { refreshToken, transport }: Parsed<typeof wire.Refresh>) =>
  tokensOf(await refresh(deps, { token: refreshToken, transport }))

const tokensOf = ({ accessToken, accessSeconds, refreshToken, refreshSeconds, transport }: Issued) => ({
  accessToken,
  expiresIn: accessSeconds,
  refreshToken,
  refreshExpiresIn: refreshSeconds,
  transport,
})

export async function logOutFor(deps: Deps, message: Parsed<typeof wire.LogOut>) {
  const { accessToken, refreshToken = '', transport, all } = message
  await logOut(deps, accessToken === undefined ? { token: refreshToken, transport } : { accessToken }, all)
  return { status: 'success' as const }
}

export const getUser = async (deps: Deps, { userId }: Parsed<typeof wire.OneUser>) =>
  shownUser(await requireUser(deps, userId))

export async function findUser(deps: Deps, { identifier }: Parsed<typeof wire.Named>) {
  const name = canonicalIdentifier(identifier)
  const user = name.ok ? await findByIdentifier(deps.db, name.value) : null
  if (!user) throw new AuthError(userNotFound)
  return shownUser(user)
}

export async function listSessionsOf(deps: Deps, { userId }: Parsed<typeof wire.OneUser>) {
  const { subject } = await requireUser(deps, userId)
  const listed = await deps.askSessions(subject, (object) => object.list({}))
  if (!listed.ok) throw new AuthError(userNotFound, { reason: listed.error })
  return { sessions: listed.value.sessions.map(shownSession) }
}

export async function revokeSessionOf(deps: Deps, { userId, sessionId }: Parsed<typeof wire.OneSession>) {
  const { subject } = await requireUser(deps, userId)
  const ended = await deps.askSessions(subject, (object) => object.end({ sessionId, reason: 'revoked' }))
  if (!ended.ok || ended.value.state === 'absent') throw new AuthError(sessionNotFound)
  return { status: 'success' as const }
}

export const endSessionsOfUser = async (deps: Deps, { userId }: Parsed<typeof wire.OneUser>) =>
  shownUser(await revokeUser(deps, userId))

export const disable = async (deps: Deps, { userId }: Parsed<typeof wire.OneUser>) =>
  shownUser(await disableUser(deps, userId))

export const enable = async (deps: Deps, { userId }: Parsed<typeof wire.OneUser>) =>
  shownUser(await enableUser(deps, userId))

export const giveRoles = async (deps: Deps, { userId, roles }: Parsed<typeof wire.Roles>) =>
  shownUser(await setRoles(deps, userId, roles))

async function requireUser(deps: Deps, userId: number): Promise<User> {
  const user = await findById(deps.db, userId)
  if (!user) throw new AuthError(userNotFound)
  return user
}

const shownSession = (session: ListedSession) => ({
  id: session.id,
  createdAt: new Date(session.createdAt).toISOString(),
  lastUsedAt: new Date(session.lastUsedAt).toISOString(),
  address: session.address,
  country: session.country,
  device: session.device,
  transport: session.transport,
  amr: session.amr,
})

export type ShownUser = ReturnType<typeof shownUser>

const shownUser = (user: User) => ({
  userId: user.userId,
  username: usernameOf(user),
  email: user.email,
  emailVerified: user.emailVerifiedAt !== null,
  roles: user.roles,
  fullName: user.fullName,
  status: user.status,
  createdAt: user.createdAt.toISOString(),
})
