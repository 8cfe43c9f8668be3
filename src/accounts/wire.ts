import * as z from 'zod'
import { anyText, line } from '../http/fields.ts'
import { whenNeeded } from '../when-needed.ts'

const identifier = () => anyText(1_000)
/** Longer than any password that is accepted: its rules say what is wrong with it, this only bounds the work. */
export const password = () => anyText(20_000)

export const RegisterRequest = whenNeeded(() =>
  z
    .object({
      email: identifier()
        .optional()
        .meta({ examples: ['ann@example.com'] }),
      username: identifier()
        .optional()
        .meta({ description: 'May be left out: the e-mail address serves.', examples: ['ann'] }),
      password: password().meta({ examples: ['four random common words'] }),
      full_name: line(200)
        .nullish()
        .meta({ examples: ['Ann Example'] }),
    })
    .meta({ title: 'RegisterRequest' }),
)

export const Registered = whenNeeded(() =>
  z
    .object({
      user_id: z.int(),
      username: z.string(),
      email: z.string(),
      full_name: z.string().nullable(),
      created_at: z.iso.datetime(),
    })
    .meta({ title: 'Registered' }),
)

export const RegistrationPending = whenNeeded(() =>
  z
    .object({
      status: z.literal('verification_required'),
      registration: z.string().meta({ description: 'Send it back with the code that was mailed.' }),
    })
    .meta({ title: 'RegistrationPending' }),
)

export const Me = whenNeeded(() =>
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

export const ProfileRequest = whenNeeded(() =>
  z
    .object({
      full_name: line(200).nullish(),
      username: identifier().nullish().meta({ description: 'Null: the e-mail address serves again.' }),
      locale: anyText(35)
        .refine(isLocale, 'This must be a language tag, such as en or pt-BR.')
        .nullish()
        .meta({ examples: ['en'] }),
    })
    .meta({ title: 'ProfileRequest' }),
)

export const ChangePasswordRequest = whenNeeded(() =>
  z.object({ current_password: anyText(1_024), new_password: password() }).meta({ title: 'ChangePasswordRequest' }),
)

export const DeleteAccountRequest = whenNeeded(() =>
  z.object({ password: anyText(1_024) }).meta({ title: 'DeleteAccountRequest' }),
)

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
