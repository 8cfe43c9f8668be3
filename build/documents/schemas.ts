import * as z from 'zod/mini'
import type { Schema } from '../../src/kernel/schema.ts'
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
  const received = (schema: Schema) => ({ ...jsonSchemaOf(schema, 'input'), propertyNames: NAMES })
  return {
    schemas,
    answer: (schema: Schema) => named(z.globalRegistry.get(schema)?.title, '', () => jsonSchemaOf(schema, 'output')),
    body: (schema: Schema) =>
      named(z.globalRegistry.get(schema)?.title, '', () => ({
        ...received(schema),
        additionalProperties: ignored(schemas),
      })),
    form: (schema: Schema) => named(z.globalRegistry.get(schema)?.title, 'Form', () => asForm(received(schema))),
  }
}
