import * as z from 'zod'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'

/** Longer than any token of ours, so that what is longer is refused before it is read. */
export const token = () => anyText(1_024)
/** A form can only say it in words. */
const flag = () =>
  z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], {
    error: 'This must be true or false.',
  })
export const transport = () => z.enum(['body', 'cookie'], { error: 'This must be body or cookie.' })

export const RefreshRequest = lazy(() =>
  z
    .object({ refresh_token: token().optional().meta({ description: 'Left out where the cookie carries it.' }) })
    .meta({ title: 'RefreshRequest' }),
)

export const LogOutRequest = lazy(() =>
  z
    .object({
      refresh_token: token().optional(),
      all: flag().optional().meta({ description: 'End every session of the user.' }),
    })
    .meta({ title: 'LogOutRequest' }),
)

export const Tokens = lazy(() =>
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

export const Success = lazy(() => z.object({ status: z.literal('success') }).meta({ title: 'Success' }))

export const SessionList = lazy(() =>
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
