import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AppEnv } from '../app.ts'
import { AuthError, type ErrorCode } from '../errors.ts'
import { BODY_TYPES, mediaType, readBody } from './body.ts'
import { describeErrors, FRAME_ERRORS_OF_A_BODY, FRAME_ERRORS_OF_COOKIES } from './describe-errors.ts'
import { demandOwnOrigin } from './origin.ts'

export type Handler<Input> = (c: Context<AppEnv>, input: Input) => Response | Promise<Response>

type Endpoint<Body extends z.ZodType> = {
  method: 'get' | 'post' | 'patch' | 'delete'
  /** The canonical path first, then its aliases. */
  paths: [string, ...string[]]
  tag: string
  summary: string
  body?: Body
  params?: z.ZodObject
  answer: { status: 200 | 201 | 202 | 204; description: string; schema?: z.ZodType }
  /** What this operation itself may refuse. What the frame refuses (a malformed body, a foreign origin) is added here. */
  errors: ErrorCode[]
  /** Answers from or into a cookie: the origin rule holds for every request, and not only for forms. */
  cookies?: boolean
  signedIn?: boolean
}

/**
 * Declares an operation once: its paths, its documentation, the errors it can answer, and how its body is read. The same
 * zod object validates JSON and forms. A code that is thrown but not declared is recorded, and fails the tests.
 */
export function endpoint<Body extends z.ZodType>(
  app: OpenAPIHono<AppEnv>,
  definition: Endpoint<Body>,
  handle: Handler<z.output<Body>>,
) {
  const { method, paths, body, cookies = false } = definition
  const errors = errorsOf(definition)
  for (const path of paths) {
    app.openAPIRegistry.registerPath(document(definition, path, errors))
    app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      c.set('route', { path, errors })
      const form = mediaType(c.req.raw) === 'application/x-www-form-urlencoded'
      if (method !== 'get' && (cookies || form)) demandOwnOrigin(c.req.raw, c.var.deps.config)
      return handle(c, body ? validate(body, await readBody(c.req.raw)) : (undefined as z.output<Body>))
    })
  }
}

export function errorsOf({
  body,
  cookies,
  errors,
}: Pick<Endpoint<z.ZodType>, 'body' | 'cookies' | 'errors'>): ErrorCode[] {
  return [...new Set([...errors, ...(body ? FRAME_ERRORS_OF_A_BODY : []), ...(cookies ? FRAME_ERRORS_OF_COOKIES : [])])]
}

function document(
  { paths, tag, summary, body, params, method, answer, signedIn }: Endpoint<z.ZodType>,
  path: string,
  errors: ErrorCode[],
) {
  const content = answer.schema && { 'application/json': { schema: answer.schema } }
  return createRoute({
    method,
    path,
    tags: [tag],
    summary: path === paths[0] ? summary : `${summary} (also at ${paths[0]})`,
    request: {
      ...(params && { params }),
      ...(body && {
        body: { required: true, content: Object.fromEntries(BODY_TYPES.map((type) => [type, { schema: body }])) },
      }),
    },
    ...(signedIn && { security: [{ accessToken: [] }] }),
    responses: {
      [answer.status]: { description: answer.description, ...(content && { content }) },
      ...describeErrors(errors),
    },
  })
}

export function validate<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new AuthError('invalid_body', { fields })
}
