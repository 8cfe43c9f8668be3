import type { Context } from 'hono'
import type { HonoBase } from 'hono/hono-base'
import type * as z from 'zod/mini'
import { AuthError, type Failure } from '../kernel/failure.ts'
import { invalidBody } from '../kernel/failures.ts'
import type { Schema } from '../kernel/schema.ts'
import type { AppEnv } from './app-env.ts'
import { requireBearer } from './bearer.ts'
import { mediaType, readBody } from './body.ts'
import { fieldMessage } from './field-messages.ts'
import { FRAME_ERRORS_OF_A_BODY, FRAME_ERRORS_OF_COOKIES } from './frame-errors.ts'
import { requireOwnOrigin } from './origin.ts'

export type Handler<Input> = (c: Context<AppEnv>, input: Input) => Response | Promise<Response>

export type Success = {
  status: 200 | 201 | 202 | 204
  description: string
  schema?: () => Schema
  /** Answers HTML for people. */
  page?: boolean
}

export type Endpoint<Body extends Schema = Schema> = {
  method: 'get' | 'post' | 'patch' | 'delete'
  /** The canonical path first, then its aliases. */
  paths: [string, ...string[]]
  tag: string
  summary: string
  /** What a caller has to know beyond the summary, for the description. */
  description?: string
  body?: () => Body
  /** The names of the parts of the path that are asked for. */
  params?: readonly string[]
  answer: Success
  /** What it answers instead where a setting says so. */
  otherwise?: Success
  /** What this operation itself may refuse. What the frame refuses (a malformed body, a foreign origin) is added here. */
  errors: readonly Failure[]
  /** Answers from or into a cookie: the origin rule holds for every request, and not only for forms. */
  cookies?: boolean
  /** An operation for those who are signed in says so before it looks at the body. */
  bearer?: 'demanded' | 'accepted'
  /** Asked every few seconds by machines: a success is not worth a line in the log. */
  quiet?: boolean
}

/** `operations`: what was declared, for the description. */
export type App = HonoBase<AppEnv> & { operations: Endpoint[] }

declare module '../kernel/feature.ts' {
  interface Feature {
    routes?(app: App): void
  }
}

/**
 * Declares an operation once: its paths, its documentation, the errors it can answer, and how its body is read. The same
 * zod object validates JSON and forms. A code that is thrown but not declared is recorded, and fails the tests.
 */
export function endpoint<Body extends Schema>(app: App, definition: Endpoint<Body>, handle: Handler<z.output<Body>>) {
  const { method, paths, body, cookies = false, bearer, quiet = false } = definition
  const errors = errorsOf(definition)
  app.operations.push({ ...definition, errors })
  for (const path of paths) {
    app.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      c.set('route', { path, errors, quiet })
      const request = c.req.raw
      const type = mediaType(request)
      const form = type === 'application/x-www-form-urlencoded'
      if (method !== 'get' && (cookies || form)) requireOwnOrigin(request, c.get('deps').config)
      if (bearer === 'demanded') requireBearer(request)
      return handle(c, body ? validate(body(), await readBody(request, type)) : (undefined as z.output<Body>))
    })
  }
}

export function errorsOf({ body, cookies, errors }: Pick<Endpoint, 'body' | 'cookies' | 'errors'>): Failure[] {
  return [...new Set([...errors, ...(body ? FRAME_ERRORS_OF_A_BODY : []), ...(cookies ? FRAME_ERRORS_OF_COOKIES : [])])]
}

export function validate<Expected extends Schema>(schema: Expected, input: unknown): z.output<Expected> {
  const parsed = schema.safeParse(input, { error: fieldMessage })
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new AuthError(invalidBody, { fields })
}
