import * as z from 'zod/mini'
import type { Schema } from '../../src/kernel/schema.ts'

/** The keywords that are read here; there are others. */
export type JsonSchema = {
  type?: unknown
  format?: unknown
  minLength?: number
  pattern?: string
  enum?: readonly unknown[]
  not?: JsonSchema
  minimum?: number
  maximum?: number
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  anyOf?: readonly JsonSchema[]
  [keyword: string]: unknown
}

type Direction = 'input' | 'output'

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. `input` is what may be sent, before any transformation. */
export function jsonSchemaOf(schema: Schema, io: Direction): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => forgetWhatJavaScriptCannotCount(jsonSchema as JsonSchema),
  })
  return described as JsonSchema
}

/** Bounds of every integer, which readers and generated examples would take for ours. */
function forgetWhatJavaScriptCannotCount(described: JsonSchema) {
  if (described.minimum === Number.MIN_SAFE_INTEGER) delete described.minimum
  if (described.maximum === Number.MAX_SAFE_INTEGER) delete described.maximum
}
