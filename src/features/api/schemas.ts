import type * as z from 'zod'
import { type Amend, type JsonSchema, jsonSchemaOf } from '../../kernel/json-schema.ts'
import { asForm } from './forms.ts'
import { ignored, NAMES } from './ignored-fields.ts'

/** Only a password that is chosen has a floor; the one that is shown may be older than the setting. */
const raiseFloor =
  (passwordMinLength: number): Amend =>
  (described) => {
    if (described.format === 'password' && described.minLength !== undefined) described.minLength = passwordMinLength
  }

/** Schemas with a title are described once, under that name, so that generated clients have types worth reading. */
export function schemaCollection(passwordMinLength: number) {
  const schemas: Record<string, JsonSchema> = {}
  const amend = raiseFloor(passwordMinLength)
  const named = (title: unknown, suffix: string, make: () => JsonSchema): JsonSchema => {
    if (typeof title !== 'string') return make()
    const name = `${title}${suffix}`
    schemas[name] ??= { ...make(), title: name }
    return { $ref: `#/components/schemas/${name}` }
  }
  const received = (schema: z.ZodType) => ({ ...jsonSchemaOf(schema, 'input', amend), propertyNames: NAMES })
  return {
    schemas,
    answer: (schema: z.ZodType) => named(schema.meta()?.title, '', () => jsonSchemaOf(schema, 'output', amend)),
    body: (schema: z.ZodType) =>
      named(schema.meta()?.title, '', () => ({ ...received(schema), additionalProperties: ignored(schemas) })),
    form: (schema: z.ZodType) => named(schema.meta()?.title, 'Form', () => asForm(received(schema))),
  }
}
