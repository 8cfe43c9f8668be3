import type { JsonSchema } from './json-schema.ts'

/**
 * A body as a form has it: each value is a text, and an empty one counts as absent. So a field that is needed has at least one
 * character, there is no null, and what else is sent is text as well.
 */
export function asForm({ properties = {}, required = [], anyOf, ...schema }: JsonSchema): JsonSchema {
  const fields = Object.entries(properties).map(([name, field]) => [name, asText(field)])
  return {
    ...schema,
    properties: filled(Object.fromEntries(fields), required),
    ...(required.length > 0 && { required }),
    ...(anyOf && { anyOf: anyOf.map((branch) => asBranch(branch)) }),
    additionalProperties: { type: 'string' },
  }
}

const asBranch = ({ properties = {}, required = [], ...branch }: JsonSchema): JsonSchema => ({
  ...branch,
  required,
  properties: filled(properties, required),
})

/** Of the ways to write a value, those that are texts. */
function asText({ anyOf, ...field }: JsonSchema): JsonSchema {
  if (!anyOf) return field
  const [text, ...others] = anyOf.filter(({ type }) => type === 'string')
  if (text === undefined || others.length > 0) throw new Error('A field of a form is one kind of text.')
  return { ...text, ...field }
}

const filled = (properties: Record<string, JsonSchema>, required: readonly string[]): Record<string, JsonSchema> => ({
  ...properties,
  ...Object.fromEntries(
    required.map((name) => {
      const { minLength = 0, ...field } = properties[name] ?? {}
      return [name, { ...field, minLength: Math.max(1, minLength) }]
    }),
  ),
})
