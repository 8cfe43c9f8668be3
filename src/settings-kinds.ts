import * as z from 'zod'
import { checkSecretKey } from './crypto/secret-strength.ts'
import { webhookKey } from './events/sinks/webhook-signature.ts'
import { isSender } from './mail/address.ts'

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

/** A page that a secret is handed to, after a #: that part never leaves the browser. */
export const page = web.refine((value) => !value.includes('#'), 'must be an http or https address without a #')

export const sender = z.string().trim().refine(isSender, 'must be an address, or a name and <an address>')

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

/** What Kafka itself takes as the name of a topic. */
export const topicName = z
  .string()
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/, 'must be a name that Kafka takes for a topic')

/** A name or password of HTTP Basic (RFC 7617). */
export const credential = z.string().regex(/^[\x20-\x7e]+$/, 'may hold printable ASCII characters only')
export const credentialName = credential.refine((name) => !name.includes(':'), 'may not hold a colon')

export const webhookSecrets = list(
  z
    .string()
    .refine(
      (line) => line.split('|').length <= 2 && line.split('|').every(webhookKey),
      'must hold secrets of 24 to 64 bytes in base64 behind whsec_, or two of them joined by |',
    ),
)
