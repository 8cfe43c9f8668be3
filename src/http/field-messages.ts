import type * as z from 'zod/mini'
import { REQUIRED } from '../kernel/schema.ts'

const KINDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'an object with named fields'],
])

const UNITS: ReadonlyMap<string, string> = new Map([
  ['string', ' characters long'],
  ['array', ' entries long'],
])

/** The message for a field whose schema has none. The messages of zod may change with its versions. */
export const fieldMessage: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined && issue.path?.length) return REQUIRED
      return `This must be ${KINDS.get(issue.expected) ?? 'something else'}.`
    case 'too_big':
      return `This must be at most ${issue.maximum}${UNITS.get(issue.origin) ?? ''}.`
    case 'too_small':
      return `This must be at least ${issue.minimum}${UNITS.get(issue.origin) ?? ''}.`
    case 'invalid_value':
      return `This must be one of: ${issue.values.join(', ')}.`
    default:
      return 'This cannot be accepted.'
  }
}
