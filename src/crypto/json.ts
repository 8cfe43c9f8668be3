/** The object that a text spells; null for any other text. The parser's own message quotes what it read, so it goes nowhere. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}

/**
 * The same, for what we wrote ourselves: white space, a number such as 1e400, and a name that stands twice are all gone
 * after one more `stringify`, so a text that survives it unchanged has none of them.
 */
export function parseOwnObject(text: string): Readonly<Record<string, unknown>> | null {
  const value = parseObject(text)
  return value && JSON.stringify(value) === text ? value : null
}
