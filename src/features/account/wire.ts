import * as z from 'zod'
import { anyText, line } from '../../http/fields.ts'
import { whenNeeded } from '../../kernel/lazy.ts'
import { EMAIL, LOCALE, NEW_PASSWORD, OTHER_EMAILS, OTHER_USERNAMES, USERNAME } from '../users/shapes.ts'

const identifier = () => anyText(1_000)
/** Where another field takes its place, an address is not looked at. */
export const anyEmail = () => identifier().meta({ description: OTHER_EMAILS, examples: ['ann@example.com'] })
export const email = () => anyEmail().meta(EMAIL)
/** Longer than any password that is accepted: its rules say what is wrong with it, this only bounds the work. */
export const password = () => anyText(20_000).meta(NEW_PASSWORD)

export const RegisterRequest = whenNeeded(() =>
  z
    .object({
      email: email().optional(),
      username: identifier()
        .optional()
        .meta({
          description: `May be left out: the e-mail address serves. With an @, it is that address. ${OTHER_USERNAMES}`,
          examples: ['ann'],
        }),
      password: password().meta({ examples: ['four random common words'] }),
      full_name: line(200)
        .nullish()
        .meta({ examples: ['Ann Example'] }),
    })
    .meta({
      title: 'RegisterRequest',
      description: 'Without `email`, the `username` has to be an e-mail address.',
      anyOf: [
        { required: ['email'], properties: { username: USERNAME } },
        { required: ['username'], properties: { username: EMAIL }, not: { required: ['email'] } },
      ],
    }),
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
