import { mark } from '../../src/features/api/settings-in-documents.ts'
import type { App, Endpoint, Success } from '../../src/http/endpoint.ts'
import type { Schema } from '../../src/kernel/schema.ts'
import { describeErrors } from './responses.ts'
import { schemaCollection } from './schemas.ts'

/** What holds everywhere, and what no schema can say. */
const ABOUT = [
  'Every body may be sent as JSON or as a form. Every refusal is a problem (RFC 9457) with a stable `code`.',
  'A body has at most 64 KiB, names no field twice, and nests at most six deep. Text is well-formed Unicode without U+0000.',
  'In a form, an empty field counts as absent.',
  'Where GET is described, HEAD is answered too.',
].join('\n\n')

/** In the order in which somebody reads who comes to log in; what is not named here comes between the two halves. */
const FIRST = ['Session', 'Account', 'Code']
const LAST = ['Keys', 'About', 'Health']

const rankOf = ({ tag }: Endpoint): number =>
  FIRST.includes(tag) ? FIRST.indexOf(tag) : FIRST.length + 1 + LAST.indexOf(tag)

/** OpenAPI 3.1 of everything that was declared; the paths that older clients know stand last. The server comes from the settings and never from a request's `Host`. */
export function describe(app: App) {
  const operations = app.operations.toSorted((one, other) => rankOf(one) - rankOf(other))
  const collection = schemaCollection()
  const paths: Record<string, Record<string, unknown>> = {}
  const describePath = (operation: Endpoint, path: string) => {
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, path, collection) }
  }
  for (const operation of operations) describePath(operation, operation.paths[0])
  for (const operation of operations) for (const alias of operation.paths.slice(1)) describePath(operation, alias)
  return {
    openapi: '3.1.0',
    info: {
      title: mark('title'),
      version: mark('version'),
      description: ABOUT,
    },
    servers: [{ url: mark('publicUrl') }],
    paths,
    components: {
      schemas: collection.schemas,
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  }
}

type Collection = ReturnType<typeof schemaCollection>

function describeOperation(operation: Endpoint, path: string, collection: Collection) {
  const { method, paths, tag, summary, description, body, params, answer, otherwise, errors, bearer } = operation
  return {
    operationId: operationIdOf(method, path),
    tags: [tag],
    summary: path === paths[0] ? summary : `${summary} (also at ${paths[0]})`,
    ...(description && { description }),
    ...(path !== paths[0] && { deprecated: true }),
    ...(params && { parameters: params.map(pathParameter) }),
    ...(body && { requestBody: describeBody(body(), collection) }),
    ...(bearer && { security: bearer === 'demanded' ? [{ accessToken: [] }] : [{ accessToken: [] }, {}] }),
    responses: {
      ...Object.fromEntries(
        [answer, ...(otherwise ? [otherwise] : [])].map((success) => [
          success.status,
          describeSuccess(success, collection),
        ]),
      ),
      ...describeErrors(errors),
    },
  }
}

/** A request without a body reads as `{}`. */
const describeBody = (body: Schema, { body: json, form }: Collection) => ({
  required: !body.safeParse({}).success,
  content: {
    'application/json': { schema: json(body) },
    'application/x-www-form-urlencoded': { schema: form(body) },
  },
})

const describeSuccess = ({ description, schema, page }: Success, { answer }: Collection) => ({
  description,
  ...(schema && { content: { 'application/json': { schema: answer(schema()) } } }),
  ...(page && { content: { 'text/html': { schema: { type: 'string' } } } }),
})

/** `postAuthLogin`: an alias has another path, and so a name of its own. */
const operationIdOf = (method: string, path: string): string =>
  (path === '/' ? 'root' : path)
    .replaceAll('{', 'by-')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .reduce((name, word) => name + word.charAt(0).toUpperCase() + word.slice(1), method)

const pathParameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })
