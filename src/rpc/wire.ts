import * as z from 'zod'
import { password } from '../accounts/wire.ts'
import { anyText, line } from '../http/fields.ts'
import { LONGEST_USER_AGENT } from '../platform/client.ts'

const orNull = (text: string | null | undefined) => text ?? null

/** Another Worker's own address says nothing about who asks, so it must say for whom it asks. */
const ForClient = z.object({
  client: z.object({
    address: anyText(64),
    // Passed on from somebody's header: cut where HTTP cuts it, and no reason to refuse them.
    userAgent: z
      .string()
      .nullish()
      .transform((text) => text?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null),
    country: anyText(2).nullish().transform(orNull),
  }),
})
/** Whatever somebody sends a consumer as their token is good or it is not. Only what is no text is the consumer's fault. */
const presented = z.string()
const token = anyText(4_096)
const role = anyText(64).regex(/^[\w:.-]+$/, 'A role is one word of letters, digits and _ : . -')
const transport = z.enum(['body', 'cookie']).default('body')

export const LogIn = ForClient.extend({
  username: anyText(1_000),
  password: anyText(1_024),
  deviceToken: token.optional(),
  transport,
})
export const Register = ForClient.extend({
  email: anyText(1_000).optional(),
  username: anyText(1_000).optional(),
  password,
  fullName: line(200).nullish(),
})
export const Refresh = ForClient.extend({ refreshToken: token, transport })
export const LogOut = ForClient.extend({
  accessToken: presented.optional(),
  refreshToken: token.optional(),
  transport,
  all: z.boolean().default(false),
}).refine(({ accessToken, refreshToken }) => (accessToken === undefined) !== (refreshToken === undefined), {
  path: ['accessToken'],
  message: 'Exactly one of accessToken and refreshToken is needed.',
})
export const Verify = z.object({ token: presented, maxStaleness: z.int().min(0).max(60).default(0) })
export const Introspect = z.object({ token: presented })
export const OneUser = z.object({ userId: z.int().positive() })
export const OneSession = OneUser.extend({ sessionId: anyText(64) })
export const Named = z.object({ identifier: anyText(1_000) })
export const Roles = OneUser.extend({ roles: z.array(role).max(32) })
export const Nothing = z.object({})
export const DeadLetters = z.object({ eventId: anyText(64).optional(), sink: anyText(64).optional() })
