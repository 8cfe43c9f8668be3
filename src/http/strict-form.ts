import { AuthError } from '../kernel/failure.ts'
import { forbiddenKey, malformedForm, repeatedKey } from './failures.ts'

/**
 * Decoded here and not by `URLSearchParams`, which turns bytes that are not UTF-8 into U+FFFD: two different passwords
 * would become one. An empty field counts as absent, since a form has no other way to leave one out.
 */
export function parseStrictForm(text: string): Record<string, string> {
  const fields = new Map<string, string>()
  for (const pair of text.split('&').filter(Boolean)) {
    const [key = '', ...rest] = pair.split('=')
    const name = decode(key)
    if (name === '__proto__') throw new AuthError(forbiddenKey)
    if (fields.has(name)) throw new AuthError(repeatedKey)
    fields.set(name, decode(rest.join('=')))
  }
  return Object.fromEntries([...fields].filter(([, value]) => value !== ''))
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    throw new AuthError(malformedForm)
  }
}
