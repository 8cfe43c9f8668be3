import * as z from 'zod/mini'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'

/** Longer than any token of ours, so that what is longer is refused before it is read. */
export const token = () => anyText(1_024)
/** A form can only say it in words. */
const flag = () =>
  z.union(
    [
      z.boolean(),
      z.pipe(
        z.enum(['true', 'false']),
        z.transform((word) => word === 'true'),
      ),
    ],
    {
      error: 'This must be true or false.',
    },
  )
export const transport = () => z.enum(['body', 'cookie'], { error: 'This must be body or cookie.' })

export const RefreshRequest = lazy(() =>
  described(
    z.object({
      refresh_token: described(z.optional(token()), { description: 'Left out where the cookie carries it.' }),
    }),
    { title: 'RefreshRequest' },
  ),
)

export const LogOutRequest = lazy(() =>
  described(
    z.object({
      refresh_token: z.optional(token()),
      all: described(z.optional(flag()), { description: 'End every session of the user.' }),
    }),
    { title: 'LogOutRequest' },
  ),
)

export const Tokens = lazy(() =>
  described(
    z.object({
      access_token: z.string(),
      refresh_token: described(z.optional(z.string()), { description: 'Absent where the cookie carries it.' }),
      token_type: z.literal('bearer'),
      expires_in: described(z.int(), { description: 'Seconds that the access token lives.' }),
      device_token: described(z.optional(z.string()), { description: 'Send it at the next log-in of this device.' }),
    }),
    { title: 'Tokens' },
  ),
)

export const Success = lazy(() => described(z.object({ status: z.literal('success') }), { title: 'Success' }))

export const SessionList = lazy(() =>
  described(
    z.object({
      sessions: z.array(
        z.object({
          id: z.string(),
          current: z.boolean(),
          created_at: z.iso.datetime(),
          last_used_at: z.iso.datetime(),
          address: z.string(),
          country: z.nullable(z.string()),
          device: z.string(),
          transport: transport(),
          amr: z.array(z.string()),
        }),
      ),
    }),
    { title: 'SessionList' },
  ),
)
