import * as z from 'zod/mini'
import { code } from '../../features/codes/fields.ts'
import { languageOf } from '../../features/mail/language.ts'
import { password } from '../../features/passwords/fields.ts'
import { anyText, line } from '../../http/fields.ts'
import { type Client, LONGEST_USER_AGENT } from '../../kernel/client.ts'
import { lazy } from '../../kernel/lazy.ts'

/** Another Worker's own address says nothing about who asks, so it must say for whom it asks. */
const ForClient = lazy(() =>
  z.object({
    client: z.object({
      address: anyText(64),
      // Passed on from somebody's header: cut where HTTP cuts it, and no reason to refuse them.
      userAgent: z.pipe(
        z.nullish(z.string()),
        z.transform((text) => text?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null),
      ),
      country: z.pipe(
        z.nullish(anyText(2)),
        z.transform((text) => text ?? null),
      ),
      // A tag, or all that somebody's browser said: read as HTTP reads it.
      language: z.pipe(
        z.nullish(z.string()),
        z.transform((text) => languageOf(text ?? null)),
      ),
    }) satisfies z.ZodMiniType<Client>,
  }),
)
/** Whatever somebody sends a consumer as their token is good or it is not. Only what is no text is the consumer's fault. */
const presented = () => z.string()
const token = () => anyText(4_096)
const role = () =>
  anyText(64).check(z.regex(/^[\w:.-]+$/, 'A role is one word of letters, digits and the signs _ : . and -.'))
const transport = () => z._default(z.enum(['body', 'cookie']), 'body')

export const LogIn = lazy(() =>
  z.extend(ForClient(), {
    username: anyText(1_000),
    password: anyText(1_024),
    deviceToken: z.optional(token()),
    transport: transport(),
  }),
)
export const Register = lazy(() =>
  z.extend(ForClient(), {
    email: z.optional(anyText(1_000)),
    username: z.optional(anyText(1_000)),
    password: password(),
    fullName: z.nullish(line(200)),
  }),
)
const address = () => anyText(1_000)
const registration = () => anyText(2_000)
type Waiting = { email?: string | undefined; registration?: string | undefined }
const namesOne = ({ email, registration }: Waiting) => (email === undefined) !== (registration === undefined)
const NAMES_ONE = { path: ['email'], message: 'Exactly one of email and registration is needed.' }

export const SendCode = lazy(() =>
  z
    .extend(ForClient(), { email: z.optional(address()), registration: z.optional(registration()) })
    .check(z.refine(namesOne, NAMES_ONE)),
)
export const VerifyEmail = lazy(() =>
  z
    .extend(ForClient(), {
      email: z.optional(address()),
      registration: z.optional(registration()),
      code: code(),
      accessToken: z.optional(presented()),
    })
    .check(z.refine(namesOne, NAMES_ONE)),
)
export const ForgotPassword = lazy(() => z.extend(ForClient(), { email: address() }))
export const ResetPassword = lazy(() =>
  z
    .extend(ForClient(), {
      email: z.optional(address()),
      code: z.optional(code()),
      token: z.optional(anyText(200)),
      newPassword: password(),
    })
    .check(
      z.refine(
        ({ email, code, token }) =>
          token === undefined ? email !== undefined && code !== undefined : email === undefined && code === undefined,
        { path: ['token'], message: 'Either token, or email and code, are needed.' },
      ),
    ),
)
export const ChangeEmail = lazy(() =>
  z.extend(ForClient(), { accessToken: presented(), email: address(), password: anyText(1_024) }),
)
export const Refresh = lazy(() => z.extend(ForClient(), { refreshToken: token(), transport: transport() }))
export const LogOut = lazy(() =>
  z
    .extend(ForClient(), {
      accessToken: z.optional(presented()),
      refreshToken: z.optional(token()),
      transport: transport(),
      all: z._default(z.boolean(), false),
    })
    .check(
      z.refine(({ accessToken, refreshToken }) => (accessToken === undefined) !== (refreshToken === undefined), {
        path: ['accessToken'],
        message: 'Exactly one of accessToken and refreshToken is needed.',
      }),
    ),
)
export const Verify = lazy(() =>
  z.object({ token: presented(), maxStaleness: z._default(z.int().check(z.minimum(0), z.maximum(60)), 0) }),
)
export const Introspect = lazy(() => z.object({ token: presented() }))
export const OneUser = lazy(() => z.object({ userId: z.int().check(z.positive()) }))
export const OneSession = lazy(() => z.extend(OneUser(), { sessionId: anyText(64) }))
export const Named = lazy(() => z.object({ identifier: anyText(1_000) }))
export const Roles = lazy(() => z.extend(OneUser(), { roles: z.array(role()).check(z.maxLength(32)) }))
export const Nothing = lazy(() => z.object({}))
export const DeadLetters = lazy(() => z.object({ eventId: z.optional(anyText(64)), sink: z.optional(anyText(64)) }))
/** What is discarded is lost, so nothing that was left out may mean all of them. */
export const DiscardedLetters = lazy(() =>
  z.extend(DeadLetters(), { all: z._default(z.boolean(), false) }).check(
    z.refine(({ eventId, sink, all }) => all === (eventId === undefined && sink === undefined), {
      path: ['all'],
      message: 'Either eventId, sink or both choose, or all is true.',
    }),
  ),
)
