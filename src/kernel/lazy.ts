import type * as z from 'zod/mini'
import type { Schema } from './schema.ts'

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
export type Parsed<Lazy extends () => Schema> = z.output<ReturnType<Lazy>>

/** The input of a lazy schema. */
export type Written<Lazy extends () => Schema> = z.input<ReturnType<Lazy>>
