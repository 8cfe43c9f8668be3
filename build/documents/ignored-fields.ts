import { DEEPEST } from '../../src/http/strict-json.ts'
import type { JsonSchema } from './json-schema.ts'

/** One name is refused wherever it stands. */
export const NAMES: JsonSchema = { not: { const: '__proto__' } }

/** A field that is not described may hold anything, as deep as bodies nest: a schema for each level, since none can count. */
export function ignored(schemas: Record<string, JsonSchema>, levels = DEEPEST - 1): JsonSchema {
  if (levels === 0) return { type: ['string', 'number', 'boolean', 'null'] }
  const name = `Ignored${levels}`
  schemas[name] ??= describeLevel(ignored(schemas, levels - 1))
  return { $ref: `#/components/schemas/${name}` }
}

const describeLevel = (inner: JsonSchema): JsonSchema => ({
  description: 'What a field that is not described may hold. It is ignored.',
  propertyNames: NAMES,
  additionalProperties: inner,
  items: inner,
})
