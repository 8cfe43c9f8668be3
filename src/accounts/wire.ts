import { z } from '@hono/zod-openapi'
import { anyText, line } from '../http/fields.ts'

const identifier = anyText(1_000)
/** Longer than any password that is accepted: its rules say what is wrong with it, this only bounds the work. */
export const password = anyText(20_000)

export const RegisterRequest = z
  .object({
    email: identifier.optional().openapi({ example: 'ann@example.com' }),
    username: identifier
      .optional()
      .openapi({ description: 'May be left out: the e-mail address serves.', example: 'ann' }),
    password: password.openapi({ example: 'four random common words' }),
    full_name: line(200).nullish().openapi({ example: 'Ann Example' }),
  })
  .openapi('RegisterRequest')

export const Registered = z
  .object({
    user_id: z.int(),
    username: z.string(),
    email: z.string(),
    full_name: z.string().nullable(),
    created_at: z.iso.datetime(),
  })
  .openapi('Registered')

export const Me = z
  .object({
    user_id: z.int(),
    username: z.string(),
    email: z.string(),
    full_name: z.string().nullable(),
    email_verified: z.boolean(),
    roles: z.array(z.string()),
    created_at: z.iso.datetime(),
  })
  .openapi('Me')

export const ProfileRequest = z
  .object({
    full_name: line(200).nullish(),
    username: identifier.nullish().openapi({ description: 'Null: the e-mail address serves again.' }),
    locale: anyText(35)
      .refine(isLocale, 'This must be a language tag, such as en or pt-BR.')
      .nullish()
      .openapi({ example: 'en' }),
  })
  .openapi('ProfileRequest')

export const ChangePasswordRequest = z
  .object({ current_password: anyText(1_024), new_password: password })
  .openapi('ChangePasswordRequest')

export const DeleteAccountRequest = z.object({ password: anyText(1_024) }).openapi('DeleteAccountRequest')

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}
