import * as z from 'zod/mini'
import { anyText, line } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'
import { password } from '../passwords/fields.ts'
import { identifier } from '../users/fields.ts'
import { LOCALE, OTHER_USERNAMES, USERNAME } from '../users/shapes.ts'

export const Me = lazy(() =>
  described(
    z.object({
      user_id: z.int(),
      username: z.string(),
      email: z.string(),
      full_name: z.nullable(z.string()),
      email_verified: z.boolean(),
      roles: z.array(z.string()),
      created_at: z.iso.datetime(),
    }),
    { title: 'Me' },
  ),
)

export const ProfileRequest = lazy(() =>
  described(
    z.object({
      full_name: z.nullish(line(200)),
      username: described(z.nullish(described(identifier(), USERNAME)), {
        description: `Null, or the own e-mail address: the address serves again. ${OTHER_USERNAMES}`,
      }),
      locale: described(
        z.nullish(
          described(anyText(35).check(z.refine(isLocale, 'This must be a language tag, such as en or pt-BR.')), LOCALE),
        ),
        { examples: ['en'] },
      ),
    }),
    { title: 'ProfileRequest' },
  ),
)

export const ChangePasswordRequest = lazy(() =>
  described(z.object({ current_password: anyText(1_024), new_password: password() }), {
    title: 'ChangePasswordRequest',
  }),
)

export const DeleteAccountRequest = lazy(() =>
  described(z.object({ password: anyText(1_024) }), { title: 'DeleteAccountRequest' }),
)

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
