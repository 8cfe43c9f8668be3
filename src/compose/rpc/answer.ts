import type { z } from 'zod'
import { type Client, NOBODY } from '../../http/client.ts'
import { validate } from '../../http/endpoint.ts'
import { known } from '../../http/problem.ts'
import { ERRORS, type ErrorCode, type FieldProblem } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import { type Deps, depsFrom } from '../deps.ts'

export type Answer<Value> =
  | { ok: true; value: Value }
  | { ok: false; error: ErrorCode; retryAfter?: number; fields?: FieldProblem[] }

/**
 * Validates, runs one use case, and answers a value: an error loses its own properties on the way to another Worker. Where a
 * method is called for somebody, the message says for whom.
 */
export async function answer<Message extends object & { client?: Client }, Value>(
  env: Env,
  ctx: ExecutionContext,
  schema: () => z.ZodType<Message>,
  message: unknown,
  useCase: (deps: Deps, message: Message) => Promise<Value>,
): Promise<Answer<Value>> {
  try {
    const valid = validate(schema(), message)
    return { ok: true, value: await useCase(depsFrom(env, ctx, { clientOf: () => valid.client ?? NOBODY }), valid) }
  } catch (thrown) {
    const { code, reason, retryAfter, fields } = known(thrown)
    if (ERRORS[code].status >= 500) log.error({ rpc: true, code, reason })
    const named = fields?.map(({ path, message }) => ({ path: camelCased(path), message }))
    return { ok: false, error: code, ...(retryAfter !== undefined && { retryAfter }), ...(named && { fields: named }) }
  }
}

/** A use case names a field as HTTP does, such as `new_password`. */
const camelCased = (path: string) => path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
