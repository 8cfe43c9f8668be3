import * as z from 'zod'
import { anyText, line } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { password } from '../passwords/fields.ts'
import { identifier } from '../users/fields.ts'
import { LOCALE, OTHER_USERNAMES, USERNAME } from '../users/shapes.ts'

export const Me = lazy(() =>
  z
    .object({
      user_id: z.int(),
      username: z.string(),
      email: z.string(),
      full_name: z.string().nullable(),
      email_verified: z.boolean(),
      roles: z.array(z.string()),
      created_at: z.iso.datetime(),
    })
    .meta({ title: 'Me' }),
)

export const ProfileRequest = lazy(() =>
  z
    .object({
      full_name: line(200).nullish(),
      username: identifier()
        .meta(USERNAME)
        .nullish()
        .meta({ description: `Null, or the own e-mail address: the address serves again. ${OTHER_USERNAMES}` }),
      locale: anyText(35)
        .refine(isLocale, 'This must be a language tag, such as en or pt-BR.')
        .meta(LOCALE)
        .nullish()
        .meta({ examples: ['en'] }),
    })
    .meta({ title: 'ProfileRequest' }),
)

export const ChangePasswordRequest = lazy(() =>
  z.object({ current_password: anyText(1_024), new_password: password() }).meta({ title: 'ChangePasswordRequest' }),
)

export const DeleteAccountRequest = lazy(() =>
  z.object({ password: anyText(1_024) }).meta({ title: 'DeleteAccountRequest' }),
)

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
