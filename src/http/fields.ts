import * as z from 'zod'
import { isWellFormed } from '../accounts/canonical.ts'

/** Any string from outside: neither a lone surrogate nor U+0000, which Postgres and UTF-8 could not carry unchanged. */
export const anyText = (longest: number) =>
  z
    .string({ error: (issue) => (issue.input === undefined ? 'This field is required.' : 'This must be text.') })
    .max(longest, `This must be at most ${longest} characters long.`)
    .refine(isWellFormed, 'This must be well-formed Unicode without NUL.')

/** A line for people to read: no control or format characters that would let it pass for something else. */
export const line = (longest: number) =>
  anyText(longest)
    .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), 'This must not hold control characters.')
    .trim()
