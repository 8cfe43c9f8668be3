import type * as z from 'zod'

/**
 * Makes something at its first use and keeps it. There are a thousand parts of schemas here, a start would spend a fifth of its
 * time on making them, and one request needs a dozen.
 */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** What such a schema makes of what it is given. */
export type Parsed<Schema extends () => z.ZodType> = z.output<ReturnType<Schema>>

/** What may be given to it. */
export type Written<Schema extends () => z.ZodType> = z.input<ReturnType<Schema>>
