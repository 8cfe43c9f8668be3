import { z } from 'zod'
import { call } from './api.ts'

type Schema = { [name: string]: unknown }
type Answer = { content?: Record<string, { schema?: Schema }> }
export type Operation = {
  operationId: string
  responses: Record<string, Answer>
  security?: object[]
  summary: string
  description?: string
  deprecated?: boolean
  requestBody?: Answer & { required: boolean }
}
export type Description = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  servers: { url: string }[]
  components: { schemas: Record<string, Schema> }
}

let described: Promise<Description> | undefined

/** Asked once, since it says the same to everybody. */
export function describeApi(): Promise<Description> {
  described ??= call('/api/openapi.json').then((response) => response.json<Description>())
  return described
}

export const operationsOf = ({ paths }: Description): Record<string, Operation> =>
  Object.fromEntries(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation]),
    ),
  )

/** Of every operation, by the same names. */
export const idsOf = (description: Description): string[] =>
  Object.values(operationsOf(description)).map(({ operationId }) => operationId)

/** The codes that an operation is documented to refuse with, beside those that any address may answer. */
export const codesOf = ({ responses }: Operation): string[] =>
  Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .flatMap(([, { content }]) => codesIn(content?.['application/problem+json']?.schema))

const Coded = z.object({ properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }) })
const codesIn = (schema: unknown): string[] => (schema ? Coded.parse(schema).properties.code.enum : [])

/** The answers that are no refusals, and what their bodies have to be: null where there is none to speak of. */
export const successesOf = (description: Description, operation: Operation | undefined) =>
  Object.entries(operation?.responses ?? {})
    .filter(([status]) => /^2/.test(status))
    .map(([status, answer]) => successOf(description, status, answer))

function successOf({ components }: Description, status: string, answer: Answer) {
  const schema = answer.content?.['application/json']?.schema
  return { status: Number(status), body: schema ? z.fromJSONSchema(exactly(schema, components)) : null }
}

/** With references followed, and with no property that is not documented. */
function exactly(schema: unknown, components: Description['components']): Schema {
  const follow = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(follow)
    if (typeof value !== 'object' || value === null) return value
    if ('$ref' in value) return follow(components.schemas[String(value.$ref).split('/').at(-1) ?? ''])
    const followed = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, follow(each)]))
    return 'properties' in followed ? { ...followed, additionalProperties: false } : followed
  }
  return follow(schema) as Schema
}

export type Place = Awaited<ReturnType<typeof operations>>[number]

/** Every operation of the API description, with the names of the fields that its body may have. */
export async function operations() {
  const { paths, components } = await describeApi()
  const fieldsOf = ({ $ref, properties }: { $ref?: unknown; properties?: unknown } = {}): string[] =>
    $ref ? fieldsOf(components.schemas[String($ref).split('/').at(-1) ?? '']) : Object.keys(properties ?? {})
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security, requestBody }]) => ({
      name: `${method.toUpperCase()} ${path}`,
      path,
      method: method.toUpperCase(),
      /** Takes an access token; `demanded`: and does nothing without one. */
      signedIn: security !== undefined,
      demanded: security?.length === 1,
      takesBody: requestBody !== undefined,
      fields: fieldsOf(requestBody?.content?.['application/json']?.schema),
    })),
  )
}
