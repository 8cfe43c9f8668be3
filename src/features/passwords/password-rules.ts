import { isWellFormed } from '../../http/fields.ts'
import { isCommonPassword } from './common-passwords.ts'

export type PasswordContext = {
  /** A setting may raise the floor of eight characters, never lower it: the list of common passwords begins there. */
  minLength: number
  /** What this person or this service is called: product name, e-mail address or its local part, username. */
  context: readonly string[]
}

export const LEAST_MIN_LENGTH = 8
/** At most 1,024 bytes of UTF-8, which is where hashing ends too. */
export const MAX_LENGTH = 256

const LONG_WORD = 4

/** Why this password may not be chosen, as sentences for the one who chose it; none: it may. What it consists of is nobody's business. */
export function passwordProblems(password: string, { minLength, context }: PasswordContext): string[] {
  if (!isWellFormed(password)) return ['The password is not well-formed Unicode.']
  const least = Math.max(minLength, LEAST_MIN_LENGTH)
  // A character has at most two code units: what is longer need not be counted.
  const length = password.length > MAX_LENGTH * 2 ? Number.POSITIVE_INFINITY : [...password].length
  if (length > MAX_LENGTH) return [`The password may have at most ${MAX_LENGTH} characters.`]
  if (length < least) return [`The password needs at least ${least} characters.`]
  const problems: string[] = []
  if (isCommonPassword(password)) problems.push('The password is among the most common ones.')
  if (leansOnContext(password, context, least)) problems.push('The password says little more than a name.')
  return problems
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase()
const lettersIn = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0

/**
 * Who guesses tries names with a year, a digit, an exclamation mark. So take the names away: what is left has to be as long
 * as a password, or to have letters of its own — four, or after a name so short that it is in many words, one.
 */
function leansOnContext(password: string, context: readonly string[], least: number): boolean {
  const text = folded(password)
  const names = namesIn(context)
  const adds = (rest: string, letters: number) => [...rest].length >= least || lettersIn(rest) >= letters
  const long = names.filter((name) => name.length >= LONG_WORD)
  const withoutLong = long.reduce((rest, name) => rest.replaceAll(name, ''), text)
  if (withoutLong !== text && !adds(withoutLong, LONG_WORD)) return true
  return names.some((name) => text.includes(name) && !adds(text.replaceAll(name, ''), 1))
}

/** The names as they are and in their parts, the longest first, since one may lie within another. */
function namesIn(context: readonly string[]): string[] {
  const wholes = context.map((text) => folded(text).replace(/@.*$/s, ''))
  const parts = wholes.flatMap((name) => [name, ...name.split(/[^\p{L}\p{N}]+/u)])
  return [...new Set(parts)].filter((name) => name !== '').sort((one, other) => other.length - one.length)
}
