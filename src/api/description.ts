import type { z } from 'zod'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import { BODY_TYPES } from '../http/body.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { describeErrors } from './describe-errors.ts'
import { schemaCollection } from './schemas.ts'

/** OpenAPI 3.1 of everything that was declared. Servers come from the settings and never from a request's `Host`. */
export function describe({ operations }: App, { appName, appVersion, publicUrl }: Config) {
  const { reference, schemas } = schemaCollection()
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    for (const path of operation.paths) {
      paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, path, reference) }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: appName,
      version: appVersion,
      description:
        'Every body may be sent as JSON or as a form. Every refusal is a problem (RFC 9457) with a stable `code`.',
    },
    servers: [{ url: publicUrl }],
    paths,
    components: { schemas, securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  }
}

type Reference = ReturnType<typeof schemaCollection>['reference']

function describeOperation(operation: Endpoint, path: string, reference: Reference) {
  const { method, paths, tag, summary, body, params, answer, otherwise, errors, bearer } = operation
  const contentOf = (schema: unknown, types: string[]) => Object.fromEntries(types.map((type) => [type, { schema }]))
  return {
    operationId: operationIdOf(method, path),
    tags: [tag],
    summary: path === paths[0] ? summary : `${summary} (also at ${paths[0]})`,
    ...(params && { parameters: params.map(pathParameter) }),
    ...(body && { requestBody: describeBody(body(), contentOf(reference(body(), 'input'), BODY_TYPES)) }),
    ...(bearer && { security: bearer === 'demanded' ? [{ accessToken: [] }] : [{ accessToken: [] }, {}] }),
    responses: {
      ...Object.fromEntries(
        [answer, ...(otherwise ? [otherwise] : [])].map(({ status, description, schema }) => [
          status,
          { description, ...(schema && { content: contentOf(reference(schema(), 'output'), ['application/json']) }) },
        ]),
      ),
      ...describeErrors(errors),
    },
  }
}

/** A request without a body reads as `{}`. */
const describeBody = (body: z.ZodType, content: object) => ({ required: !body.safeParse({}).success, content })

/** `postAuthLogin`: an alias has another path, and so a name of its own. */
const operationIdOf = (method: string, path: string): string =>
  (path === '/' ? 'root' : path)
    .replaceAll('{', 'by-')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .reduce((name, word) => name + word.charAt(0).toUpperCase() + word.slice(1), method)

const pathParameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } })
