import * as z from 'zod'
import { checkSecretKey } from './crypto/secret-strength.ts'

/** The kinds of settings. Each says in words what it takes; none ever repeats what it was given. */

export const text = (sentence: string) => z.string({ error: sentence }).trim().min(1, sentence)

export function whole(low: number, high: number) {
  const sentence = `must be a whole number from ${low} to ${high}`
  return z.coerce.number({ error: sentence }).int(sentence).min(low, sentence).max(high, sentence)
}

export const choice = <const Choices extends readonly [string, ...string[]]>(...choices: Choices) =>
  z.enum(choices, { error: `must be one of ${choices.join(', ')}` })

export const web = z.url({ protocol: /^https?$/, error: 'must be an http or https address' })

export const postgres = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' })

export const origin = z
  .string()
  .refine(
    (value) => URL.canParse(value) && new URL(value).origin === value,
    'must be origins like https://app.example.com',
  )

export const headerName = z.string().regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header')

/** Separated by commas or white space. */
export const list = <Member extends z.ZodType<unknown, string>>(member: Member) =>
  z
    .string()
    .transform((line) => line.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(member))

export const secretKey = z.string().superRefine((key, context) => {
  const problem = checkSecretKey(key)
  if (problem) context.addIssue(problem)
})
