import * as z from 'zod'

type JsonSchema = Record<string, unknown>

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. `input` is what may be sent, before any transformation. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => forgetWhatJavaScriptCannotCount(jsonSchema),
  })
  return described
}

/** Bounds of every integer, which readers and generated examples would take for ours. */
function forgetWhatJavaScriptCannotCount(described: JsonSchema) {
  if (described.minimum === Number.MIN_SAFE_INTEGER) delete described.minimum
  if (described.maximum === Number.MAX_SAFE_INTEGER) delete described.maximum
}

/** Schemas with a title are described once, under that name, so that generated clients have types worth reading. */
export function schemaCollection() {
  const schemas: Record<string, JsonSchema> = {}
  const reference = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
    const title = schema.meta()?.title
    if (title === undefined) return jsonSchemaOf(schema, io)
    schemas[title] ??= jsonSchemaOf(schema, io)
    return { $ref: `#/components/schemas/${title}` }
  }
  return { schemas, reference }
}
