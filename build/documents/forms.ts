import type { JsonSchema } from './json-schema.ts'

type Fields = Record<string, JsonSchema>

/**
 * A body as a form has it: each value is a text, and an empty one counts as absent. So a field that is needed has at least one
 * character, any other may be empty, there is no null, and what else is sent is text as well.
 */
export function asForm({ properties = {}, required = [], anyOf, ...schema }: JsonSchema): JsonSchema {
  const fields = Object.entries(properties).map(([name, field]) => [name, asText(field)])
  return {
    ...schema,
    properties: asFields(Object.fromEntries(fields), required),
    ...(required.length > 0 && { required }),
    ...(anyOf && { anyOf: anyOf.map(asBranch) }),
    additionalProperties: { type: 'string' },
  }
}

const asBranch = ({ properties = {}, required = [], not, ...branch }: JsonSchema): JsonSchema => ({
  ...branch,
  required,
  properties: asFields(properties, required),
  ...(not && { not: { ...not, properties: asFields({}, not.required ?? []) } }),
})

/** Of the ways to write a value, those that are texts. */
function asText({ anyOf, ...field }: JsonSchema): JsonSchema {
  if (!anyOf) return field
  const [text, ...others] = anyOf.filter(({ type }) => type === 'string')
  if (text === undefined || others.length > 0) throw new Error('A field of a form is one kind of text.')
  return { ...text, ...field }
}

function asFields(properties: Fields, required: readonly string[]): Fields {
  const optional = Object.entries(properties).map(([name, field]) => [name, orEmpty(field)])
  const needed = required.map((name) => [name, filled(properties[name] ?? {})])
  return Object.fromEntries([...optional, ...needed])
}

const filled = ({ minLength = 0, ...field }: JsonSchema): JsonSchema => ({
  ...field,
  minLength: Math.max(1, minLength),
})

function orEmpty(field: JsonSchema): JsonSchema {
  if (acceptsEmpty(field)) return field
  const { description, examples, ...rules } = field
  return {
    ...(description !== undefined && { description }),
    ...(examples !== undefined && { examples }),
    anyOf: [rules, { const: '' }],
  }
}

const acceptsEmpty = ({ enum: values, minLength = 0, pattern }: JsonSchema): boolean =>
  values === undefined && minLength === 0 && (pattern === undefined || new RegExp(pattern, 'u').test(''))
