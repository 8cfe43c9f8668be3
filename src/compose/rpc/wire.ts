import * as z from 'zod'
import { code } from '../../features/codes/fields.ts'
import { languageOf } from '../../features/mail/language.ts'
import { password } from '../../features/passwords/fields.ts'
import { anyText, line } from '../../http/fields.ts'
import { type Client, LONGEST_USER_AGENT } from '../../kernel/client.ts'
import { lazy } from '../../kernel/lazy.ts'

const orNull = (text: string | null | undefined) => text ?? null

/** Another Worker's own address says nothing about who asks, so it must say for whom it asks. */
const ForClient = lazy(() =>
  z.object({
    client: z.object({
      address: anyText(64),
      // Passed on from somebody's header: cut where HTTP cuts it, and no reason to refuse them.
      userAgent: z
        .string()
        .nullish()
        .transform((text) => text?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null),
      country: anyText(2).nullish().transform(orNull),
      // A tag, or all that somebody's browser said: read as HTTP reads it.
      language: z
        .string()
        .nullish()
        .transform((text) => languageOf(text ?? null)),
    }) satisfies z.ZodType<Client>,
  }),
)
/** Whatever somebody sends a consumer as their token is good or it is not. Only what is no text is the consumer's fault. */
const presented = () => z.string()
const token = () => anyText(4_096)
const role = () => anyText(64).regex(/^[\w:.-]+$/, 'A role is one word of letters, digits and the signs _ : . and -.')
const transport = () => z.enum(['body', 'cookie']).default('body')

export const LogIn = lazy(() =>
  ForClient().extend({
    username: anyText(1_000),
    password: anyText(1_024),
    deviceToken: token().optional(),
    transport: transport(),
  }),
)
export const Register = lazy(() =>
  ForClient().extend({
    email: anyText(1_000).optional(),
    username: anyText(1_000).optional(),
    password: password(),
    fullName: line(200).nullish(),
  }),
)
const address = () => anyText(1_000)
const registration = () => anyText(2_000)
type Waiting = { email?: string | undefined; registration?: string | undefined }
const namesOne = ({ email, registration }: Waiting) => (email === undefined) !== (registration === undefined)
const NAMES_ONE = { path: ['email'], message: 'Exactly one of email and registration is needed.' }

export const SendCode = lazy(() =>
  ForClient()
    .extend({ email: address().optional(), registration: registration().optional() })
    .refine(namesOne, NAMES_ONE),
)
export const VerifyEmail = lazy(() =>
  ForClient()
    .extend({
      email: address().optional(),
      registration: registration().optional(),
      code: code(),
      accessToken: presented().optional(),
    })
    .refine(namesOne, NAMES_ONE),
)
export const ForgotPassword = lazy(() => ForClient().extend({ email: address() }))
export const ResetPassword = lazy(() =>
  ForClient()
    .extend({
      email: address().optional(),
      code: code().optional(),
      token: anyText(200).optional(),
      newPassword: password(),
    })
    .refine(
      ({ email, code, token }) =>
        token === undefined ? email !== undefined && code !== undefined : email === undefined && code === undefined,
      { path: ['token'], message: 'Either token, or email and code, are needed.' },
    ),
)
export const ChangeEmail = lazy(() =>
  ForClient().extend({ accessToken: presented(), email: address(), password: anyText(1_024) }),
)
export const Refresh = lazy(() => ForClient().extend({ refreshToken: token(), transport: transport() }))
export const LogOut = lazy(() =>
  ForClient()
    .extend({
      accessToken: presented().optional(),
      refreshToken: token().optional(),
      transport: transport(),
      all: z.boolean().default(false),
    })
    .refine(({ accessToken, refreshToken }) => (accessToken === undefined) !== (refreshToken === undefined), {
      path: ['accessToken'],
      message: 'Exactly one of accessToken and refreshToken is needed.',
    }),
)
export const Verify = lazy(() => z.object({ token: presented(), maxStaleness: z.int().min(0).max(60).default(0) }))
export const Introspect = lazy(() => z.object({ token: presented() }))
export const OneUser = lazy(() => z.object({ userId: z.int().positive() }))
export const OneSession = lazy(() => OneUser().extend({ sessionId: anyText(64) }))
export const Named = lazy(() => z.object({ identifier: anyText(1_000) }))
export const Roles = lazy(() => OneUser().extend({ roles: z.array(role()).max(32) }))
export const Nothing = lazy(() => z.object({}))
export const DeadLetters = lazy(() => z.object({ eventId: anyText(64).optional(), sink: anyText(64).optional() }))
/** What is discarded is lost, so nothing that was left out may mean all of them. */
export const DiscardedLetters = lazy(() =>
  DeadLetters()
    .extend({ all: z.boolean().default(false) })
    .refine(({ eventId, sink, all }) => all === (eventId === undefined && sink === undefined), {
      path: ['all'],
      message: 'Either eventId, sink or both choose, or all is true.',
    }),
)
