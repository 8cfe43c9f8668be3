import type * as z from 'zod'
import { asForm } from './forms.ts'
import { ignored, NAMES } from './ignored-fields.ts'
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts'

/** Schemas with a title are described once, under that name, so that generated clients have types worth reading. */
export function schemaCollection() {
  const schemas: Record<string, JsonSchema> = {}
  const named = (title: unknown, suffix: string, make: () => JsonSchema): JsonSchema => {
    if (typeof title !== 'string') return make()
    const name = `${title}${suffix}`
    schemas[name] ??= { ...make(), title: name }
    return { $ref: `#/components/schemas/${name}` }
  }
  const received = (schema: z.ZodType) => ({ ...jsonSchemaOf(schema, 'input'), propertyNames: NAMES })
  return {
    schemas,
    answer: (schema: z.ZodType) => named(schema.meta()?.title, '', () => jsonSchemaOf(schema, 'output')),
    body: (schema: z.ZodType) =>
      named(schema.meta()?.title, '', () => ({ ...received(schema), additionalProperties: ignored(schemas) })),
    form: (schema: z.ZodType) => named(schema.meta()?.title, 'Form', () => asForm(received(schema))),
  }
}
