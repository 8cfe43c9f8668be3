import * as z from 'zod'
import type { JsonSchema } from '../../kernel/json-schema.ts'
import { asForm } from './forms.ts'
import { ignored, NAMES } from './ignored-fields.ts'

type Direction = 'input' | 'output'
type Amend = (described: JsonSchema) => void

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. `input` is what may be sent, before any transformation. */
export function jsonSchemaOf(schema: z.ZodType, io: Direction, amend: Amend = () => {}): JsonSchema {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ jsonSchema }) => {
      forgetWhatJavaScriptCannotCount(jsonSchema as JsonSchema)
      amend(jsonSchema as JsonSchema)
    },
  })
  return described as JsonSchema
}

/** Bounds of every integer, which readers and generated examples would take for ours. */
function forgetWhatJavaScriptCannotCount(described: JsonSchema) {
  if (described.minimum === Number.MIN_SAFE_INTEGER) delete described.minimum
  if (described.maximum === Number.MAX_SAFE_INTEGER) delete described.maximum
}

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
