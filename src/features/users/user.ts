import type { Claims, Status } from '../sessions/state/types.ts'
import type { Names } from './names.ts'

/** The internal form of a user, never sent. `profileOf` and `claimsOf` make the public forms. */
export type User = {
  userId: number
  subject: string
  status: Status
  version: number
  authVersion: number
  username: string | null
  email: string
  emailVerifiedAt: Date | null
  fullName: string | null
  locale: string | null
  roles: string[]
  passwordHash: string | null
  createdAt: Date
}

/** The e-mail address serves whoever has not chosen a username. */
export const usernameOf = ({ username, email }: Pick<User, 'username' | 'email'>): string => username ?? email

/** What an access token says of a user, and so what the session object keeps. */
export const claimsOf = (user: User): Claims => ({
  username: usernameOf(user),
  roles: user.roles,
  emailVerified: user.emailVerifiedAt !== null,
})

/** What the session object is told of a user, with the versions that put it in order. */
export const stateOf = (user: User) => ({
  userId: user.userId,
  version: user.version,
  authVersion: user.authVersion,
  claims: claimsOf(user),
  status: user.status,
})

export const profileOf = (user: User) => ({
  user_id: user.userId,
  version: user.version,
  username: usernameOf(user),
  email: user.email,
  full_name: user.fullName,
  created_at: user.createdAt.toISOString(),
})

export type NewUser = { subject: string; names: Names; fullName: string | null; passwordHash: string; createdAt: Date }
