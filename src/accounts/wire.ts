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
