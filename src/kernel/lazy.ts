import type * as z from 'zod'

/**
 * Makes a value at its first use and keeps it. Making all schemas would take a fifth of a start, and a request needs a dozen of
 * them.
 */
export function lazy<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** The output of a lazy schema. */
export type Parsed<Schema extends () => z.ZodType> = z.output<ReturnType<Schema>>

/** The input of a lazy schema. */
export type Written<Schema extends () => z.ZodType> = z.input<ReturnType<Schema>>
