// What Postern's entrypoints look like from outside: types alone, to be copied into your Worker. Postern's own tests hold
// them against the entrypoints. Say in your Env which one you bind: `{ AUTH: VerifyRpc }`.

/** `error` is a code of the list at `/api/docs/errors`, which may grow: what you do not know lets nobody in. */
export type Answer<Value> =
  | { ok: true; value: Value }
  | { ok: false; error: string; retryAfter?: number; fields?: { path: string; message: string }[] }

/** Times in seconds since 1970. All of it is as the session says, and not the token. */
export type Verification = {
  userId: number
  sid: string
  username: string
  roles: string[]
  emailVerified: boolean
  clientId: string
  amr: string[]
  authTime: number
  issuedAt: number
  expiresAt: number
}
export type Introspection = { active: false } | ({ active: true; iss: string; aud: string } & Verification)

export interface VerifyRpc {
  verify(message: { token: string; maxStaleness?: number }): Promise<Answer<Verification>>
  introspect(message: { token: string }): Promise<Answer<Introspection>>
}

export type Transport = 'body' | 'cookie'
/** For whom you ask: pass on what your own request said. */
export type Client = {
  address: string
  userAgent?: string | null
  country?: string | null
  /** For mails: a tag, or the Accept-Language of your request as it stands. */
  language?: string | null
}
export type Tokens = {
  accessToken: string
  expiresIn: number
  refreshToken: string
  refreshExpiresIn: number
  transport: Transport
}
export type User = {
  userId: number
  username: string
  email: string
  emailVerified: boolean
  fullName: string | null
  roles: string[]
  status: 'active' | 'disabled'
  createdAt: string
}
export type Registered = Pick<User, 'userId' | 'username' | 'email' | 'fullName' | 'createdAt'>
/** Where e-mail addresses are verified before there is a user. */
export type Pending = { status: 'verification_required'; registration: string }
export type Session = {
  id: string
  createdAt: string
  lastUsedAt: string
  address: string
  country: string | null
  device: string
  transport: Transport
  amr: string[]
}
type Done = { status: 'success' }
/** If there is somebody to mail, a mail leaves: the answer is the same for everybody. */
type Accepted = { status: 'accepted' }
type For<Message> = Message & { client: Client }

export interface AuthRpc {
  register(
    message: For<{ email?: string; username?: string; password: string; fullName?: string | null }>,
  ): Promise<Answer<Registered | Pending>>
  /** Takes exactly one of the two. */
  sendCode(message: For<{ email?: string; registration?: string }>): Promise<Answer<Accepted>>
  /** Takes exactly one of `email` and `registration`; with `accessToken`, what `changeEmail` began. */
  verifyEmail(
    message: For<{ email?: string; registration?: string; code: string; accessToken?: string }>,
  ): Promise<Answer<Registered>>
  changeEmail(message: For<{ accessToken: string; email: string; password: string }>): Promise<Answer<Accepted>>
  forgotPassword(message: For<{ email: string }>): Promise<Answer<Accepted>>
  /** Takes either `email` and `code`, or `token`. */
  resetPassword(
    message: For<{ email?: string; code?: string; token?: string; newPassword: string }>,
  ): Promise<Answer<Done>>
  login(
    message: For<{ username: string; password: string; deviceToken?: string; transport?: Transport }>,
  ): Promise<Answer<Tokens & { deviceToken: string }>>
  refresh(message: For<{ refreshToken: string; transport?: Transport }>): Promise<Answer<Tokens>>
  /** Takes exactly one of the two tokens. */
  logout(
    message: For<{ accessToken?: string; refreshToken?: string; transport?: Transport; all?: boolean }>,
  ): Promise<Answer<Done>>
  getUser(message: { userId: number }): Promise<Answer<User>>
  listSessions(message: { userId: number }): Promise<Answer<{ sessions: Session[] }>>
  revokeSession(message: { userId: number; sessionId: string }): Promise<Answer<Done>>
  revokeUser(message: { userId: number }): Promise<Answer<User>>
}
