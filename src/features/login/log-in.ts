import { newId } from '../../crypto/bytes.ts'
import { type KnownDevice, readDeviceToken, signDeviceToken } from '../../crypto/device-token.ts'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { withAttempt } from '../guard/with-budget.ts'
import type { Issued } from '../sessions/issue-tokens.ts'
import type { Transport } from '../sessions/state/types.ts'
import { canonicalIdentifier } from '../users/canonical.ts'
import { renewHash } from '../users/changes.ts'
import { findByIdentifier } from '../users/store.ts'
import type { User } from '../users/user.ts'
import { accountDisabled, emailUnverified, invalidCredentials } from './failures.ts'
import { openSession } from './open-session.ts'

export type LogIn = { identifier: string; password: string; deviceToken?: string | undefined; transport: Transport }
export type LoggedIn = Issued & { deviceToken: string }

export async function logIn(deps: Deps, input: LogIn): Promise<LoggedIn> {
  const name = canonicalIdentifier(input.identifier)
  // An impossible name is treated like an unknown one. Each spelling is counted by its own guard.
  const identifier = name.ok ? name.value : input.identifier.slice(0, 100).toWellFormed()
  const read = () => findByIdentifier(deps.db, identifier)
  const device = deviceOf(deps, input.deviceToken)
  const known = device && { subject: device.subject, id: device.deviceId, belongs: belongsTo(device) }
  const subjectOf = (user: User | null) => user?.subject ?? null
  const asking = { identifier, subjectOf, ...(known && { device: known }) }
  return withAttempt(deps, asking, read, async (user) => {
    const first = await enter(deps, input, user, device)
    if (first !== 'stale') return first
    // Sessions were ended while the password was being hashed: what was read no longer counts.
    const again = await enter(deps, input, await read(), device)
    if (again !== 'stale') return again
    throw new AuthError(invalidCredentials, { reason: 'the user changed twice in one log-in', inconclusive: true })
  })
}

async function enter(deps: Deps, input: LogIn, user: User | null, device: KnownDevice | null) {
  const { right, outdated, unusable } = await deps.passwords.verify(
    input.password,
    user?.passwordHash,
    user?.subject ?? input.identifier,
  )
  if (!user || !right) throw new AuthError(invalidCredentials, { reason: unusable ?? (user ? undefined : 'unknown') })
  // Only after the right password: others must not learn that the account is disabled or unconfirmed.
  if (user.status === 'disabled') throw new AuthError(accountDisabled)
  if (deps.config.codes.verification !== 'off' && !user.emailVerifiedAt) throw new AuthError(emailUnverified)
  const known = device && belongsTo(device)(user) ? device : null
  const knownDevice = known !== null
  const opened = await openSession(deps, user, { transport: input.transport, amr: ['pwd'], knownDevice })
  if (opened === 'stale') return opened
  if (outdated) deps.later(rehash(deps, user, input.password))
  const deviceId = known?.deviceId ?? newId()
  const { subject, authVersion } = user
  return { ...opened, deviceToken: signDeviceToken(deps.keys.device, { subject, deviceId, authVersion }, deps.now()) }
}

const deviceOf = ({ keys, now }: Deps, token: string | undefined) =>
  token === undefined ? null : readDeviceToken(keys.device, token, now())

/** A change of the password makes every device unknown again. */
const belongsTo = (device: KnownDevice) => (user: User | null) =>
  user?.subject === device.subject && user.authVersion === device.authVersion

/** By compare-and-swap, so that a password changed meanwhile stays changed. */
const rehash = async (deps: Deps, user: User, password: string) =>
  renewHash(deps.db, user, await deps.passwords.hash(password, user.subject))
