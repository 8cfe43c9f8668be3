import fc from 'fast-check'

/** The part of JSON Schema 2020-12 that our description uses for what may be sent. */
export type BodySchema = {
  type?: string | string[]
  enum?: string[]
  const?: string
  anyOf?: BodySchema[]
  allOf?: BodySchema[]
  not?: BodySchema
  properties?: Record<string, BodySchema>
  required?: string[]
  additionalProperties?: BodySchema
  propertyNames?: BodySchema
  items?: BodySchema
  minLength?: number
  maxLength?: number
  pattern?: string
  $ref?: string
}

/** These say something to people and refuse nothing. */
const ANNOTATIONS = ['title', 'description', 'examples', 'format']
const KNOWN = new Set<string>([
  ...['type', 'enum', 'const', 'anyOf', 'allOf', 'not', 'properties', 'required', 'additionalProperties'],
  ...['propertyNames', 'items', 'minLength', 'maxLength', 'pattern', '$ref'],
])

/** What one branch of an `anyOf` adds to the schema around it. */
function merged({ anyOf: _, ...base }: BodySchema, branch: BodySchema): BodySchema {
  const properties = { ...base.properties }
  for (const [name, added] of Object.entries(branch.properties ?? {}))
    properties[name] = { ...properties[name], ...added }
  const required = [...new Set([...(base.required ?? []), ...(branch.required ?? [])])]
  return {
    ...base,
    ...branch,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  }
}

/** Makes values that are valid by a schema, and fails on a keyword that it does not know. */
export function valuesOf(schema: BodySchema, components: Record<string, BodySchema>): fc.Arbitrary<unknown> {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword) && !ANNOTATIONS.includes(keyword))
  if (unknown.length > 0) throw new Error(`The generator does not know ${unknown.join(', ')}.`)
  const { $ref, anyOf, type } = schema
  if ($ref !== undefined) return valuesOf(components[$ref.split('/').at(-1) ?? ''] ?? {}, components)
  if (anyOf) {
    const possible = anyOf.filter(
      (branch) => branch.const === undefined || branch.const.length >= (schema.minLength ?? 0),
    )
    return fc.oneof(...possible.map((branch) => valuesOf(merged(schema, branch), components)))
  }
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => valuesOf({ ...schema, type: one }, components)))
  if (type === 'object') return objectsOf(schema, components)
  if (type === 'string') return stringsOf(schema)
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (type === undefined) return ignored
  throw new Error(`The generator makes no ${type}.`)
}

/** Anything at all, but for the one name that is refused wherever it stands. */
const ignored = fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('__proto__'))

function objectsOf(schema: BodySchema, components: Record<string, BodySchema>): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties = {} } = schema
  const forbidden = schema.not?.required ?? []
  const named = Object.entries(properties).filter(([name]) => !forbidden.includes(name))
  const made = named.map(([name, property]) => [name, valuesOf(property, components)] as const)
  const others = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
    .filter((name) => !(name in properties) && name !== '__proto__')
  return fc
    .tuple(
      fc.dictionary(others, valuesOf(additionalProperties, components), { maxKeys: 2 }),
      fc.record(Object.fromEntries(made), { requiredKeys: required.filter((name) => name in properties) }),
    )
    .map(([extra, given]) => ({ ...extra, ...given }))
}

/** Characters are code points (JSON Schema validation, section 6.3.1), and so are the units of fast-check's binary strings. */
function stringsOf({ minLength = 0, maxLength = 200, pattern, allOf = [] }: BodySchema): fc.Arbitrary<string> {
  const patterns = [pattern, ...allOf.map((each) => each.pattern)].filter((each) => each !== undefined)
  const expressions = patterns.map((each) => new RegExp(each, 'u'))
  const matches = (text: string) => expressions.every((expression) => expression.test(text))
  const fits = (text: string) => [...text].length >= minLength && [...text].length <= maxLength && matches(text)
  const whatever = (least: number, most: number) =>
    fc.string({ unit: 'binary', minLength: least, maxLength: most, size: 'max' }).filter(fits)
  const [first] = expressions
  if (first && !/^\^\[\^[^\]]*\]\*\$$/.test(first.source)) return fc.stringMatching(first).filter(fits)
  return fc.oneof(
    { weight: 4, arbitrary: whatever(minLength, Math.min(maxLength, minLength + 20)) },
    { weight: 1, arbitrary: whatever(minLength, minLength) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('a', ' ', 'я', '\u{1f600}')
        .map((one) => one.repeat(maxLength))
        .filter(fits),
    },
  )
}
