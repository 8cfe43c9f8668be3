import { validate } from '../../http/endpoint.ts'
import { known } from '../../http/problem.ts'
import { type Client, NOBODY } from '../../kernel/client.ts'
import type { Deps } from '../../kernel/deps.ts'
import type { FieldProblem } from '../../kernel/failure.ts'
import { log } from '../../kernel/log.ts'
import type { Schema } from '../../kernel/schema.ts'
import { depsFrom } from '../deps.ts'
import type { FailureCode } from '../features.ts'

export type Answer<Value> =
  | { ok: true; value: Value }
  | { ok: false; error: FailureCode; retryAfter?: number; fields?: FieldProblem[] }

/**
 * Validates, runs one use case, and answers a value: an error loses its own properties on the way to another Worker. Where a
 * method is called for somebody, the message says for whom.
 */
export async function answer<Message extends object & { client?: Client }, Value>(
  env: Env,
  ctx: ExecutionContext,
  schema: () => Schema<Message>,
  message: unknown,
  useCase: (deps: Deps, message: Message) => Promise<Value>,
): Promise<Answer<Value>> {
  try {
    const valid = validate(schema(), message)
    return { ok: true, value: await useCase(depsFrom(env, ctx, { clientOf: () => valid.client ?? NOBODY }), valid) }
  } catch (thrown) {
    const { failure, reason, retryAfter, fields } = known(thrown)
    const code = failure.code as FailureCode
    if (failure.status >= 500) log.error({ rpc: true, code, reason })
    const named = fields?.map(({ path, message }) => ({ path: camelCased(path), message }))
    return { ok: false, error: code, ...(retryAfter !== undefined && { retryAfter }), ...(named && { fields: named }) }
  }
}

/** A use case names a field as HTTP does, such as `new_password`. */
const camelCased = (path: string) => path.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
