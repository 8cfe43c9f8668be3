import * as z from 'zod/mini'
import { described, REQUIRED } from '../kernel/schema.ts'

/** May this text be stored and sent? UTF-8 has no lone surrogate, Postgres no U+0000. */
export const isWellFormed = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const WELL_FORMED = '^[^\\u0000]*$'

/** Without `\p`, which not every reader of JSON Schema knows. A test compares it with the rule. */
const NO_CONTROLS =
  '^[^\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u180e\\u200b-\\u200f' +
  '\\u2028-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb' +
  '\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]*$'

/** In code points, as JSON Schema counts (validation, section 6.3.1). What is twice as long need not be counted. */
const hasAtMost = (longest: number, text: string) =>
  text.length <= longest || (text.length <= 2 * longest && [...text].length <= longest)

/** Any string from outside: neither a lone surrogate nor U+0000, which Postgres and UTF-8 could not carry unchanged. */
export const anyText = (longest: number) =>
  described(
    z.string({ error: (issue) => (issue.input === undefined ? REQUIRED : 'This must be text.') }).check(
      z.refine((text) => hasAtMost(longest, text), `This must be at most ${longest} characters long.`),
      z.refine(isWellFormed, 'This must be well-formed Unicode without NUL.'),
    ),
    { maxLength: longest, pattern: WELL_FORMED },
  )

/** A line for people to read: no control or format characters that would let it pass for something else. */
export const line = (longest: number) =>
  described(
    anyText(longest).check(
      z.refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), 'This must not hold control characters.'),
      z.trim(),
    ),
    { pattern: NO_CONTROLS },
  )
