import * as z from 'zod'
import { anyText } from '../../http/fields.ts'
import { whenNeeded } from '../../kernel/lazy.ts'

/** Longer than any token of ours, so that what is longer is refused before it is read. */
const token = () => anyText(1_024)
/** A form can only say it in words. */
const flag = () =>
  z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], {
    error: 'This must be true or false.',
  })
const transport = () => z.enum(['body', 'cookie'], { error: 'This must be body or cookie.' })

export const LogInRequest = whenNeeded(() =>
  z
    .object({
      username: anyText(1_000)
        .optional()
        .meta({ description: 'A username or an e-mail address.', examples: ['ann'] }),
      email: anyText(1_000).optional(),
      password: anyText(1_024).meta({ examples: ['four random common words'] }),
      transport: transport()
        .optional()
        .meta({ description: 'How the refresh token travels. Without it, in the body.' }),
      device_token: token().optional().meta({ description: 'What an earlier log-in of this device was answered.' }),
    })
    .transform((given, context) => {
      const identifier = given.username ?? given.email
      if (identifier !== undefined) return { ...given, identifier }
      context.addIssue({ code: 'custom', path: ['username'], message: 'This field is required.' })
      return z.NEVER
    })
    .meta({
      title: 'LogInRequest',
      description: 'Either `username` or `email`.',
      anyOf: [{ required: ['username'] }, { required: ['email'] }],
    }),
)

export const RefreshRequest = whenNeeded(() =>
  z
    .object({ refresh_token: token().optional().meta({ description: 'Left out where the cookie carries it.' }) })
    .meta({ title: 'RefreshRequest' }),
)

export const LogOutRequest = whenNeeded(() =>
  z
    .object({
      refresh_token: token().optional(),
      all: flag().optional().meta({ description: 'End every session of the user.' }),
    })
    .meta({ title: 'LogOutRequest' }),
)

export const Tokens = whenNeeded(() =>
  z
    .object({
      access_token: z.string(),
      refresh_token: z.string().optional().meta({ description: 'Absent where the cookie carries it.' }),
      token_type: z.literal('bearer'),
      expires_in: z.int().meta({ description: 'Seconds that the access token lives.' }),
      device_token: z.string().optional().meta({ description: 'Send it at the next log-in of this device.' }),
    })
    .meta({ title: 'Tokens' }),
)

export const Success = whenNeeded(() => z.object({ status: z.literal('success') }).meta({ title: 'Success' }))

export const SessionList = whenNeeded(() =>
  z
    .object({
      sessions: z.array(
        z.object({
          id: z.string(),
          current: z.boolean(),
          created_at: z.iso.datetime(),
          last_used_at: z.iso.datetime(),
          address: z.string(),
          country: z.string().nullable(),
          device: z.string(),
          transport: transport(),
          amr: z.array(z.string()),
        }),
      ),
    })
    .meta({ title: 'SessionList' }),
)
