import { AuthError } from '../kernel/failure.ts'
import { forbiddenKey, malformedJson, nestedTooDeep, repeatedKey } from './failures.ts'

/** No body of this service nests deeper than a list of strings in a field. */
export const DEEPEST = 6
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs

/**
 * `JSON.parse` lets the last of two equal keys win and makes `__proto__` an ordinary field; whoever stands in front of this
 * service may read the same body differently, so both are refused. The text is walked only after it has parsed, when
 * every string in it is known to end.
 */
export function parseStrictJson(text: string): unknown {
  const value = parse(text)
  const open: Set<string>[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') {
      open.push(new Set())
      if (open.length > DEEPEST) throw new AuthError(nestedTooDeep)
    } else if (token === '}' || token === ']') open.pop()
    else if (token === ':') addKey(open.at(-1), last)
    last = token
  }
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the body, so it goes nowhere.
    throw new AuthError(malformedJson)
  }
}

function addKey(keys: Set<string> | undefined, token: string) {
  const key = String(JSON.parse(token))
  if (key === '__proto__') throw new AuthError(forbiddenKey)
  if (keys?.has(key)) throw new AuthError(repeatedKey)
  keys?.add(key)
}
