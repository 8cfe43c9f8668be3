import type { Context, ErrorHandler } from 'hono'
import { databaseFailure } from '../db/failure.ts'
import { ConfigError } from '../kernel/config.ts'
import { AuthError, type FieldProblem } from '../kernel/failure.ts'
import { internalError, misconfigured, unavailable } from '../kernel/failures.ts'
import { describeThrown } from '../kernel/log.ts'
import type { AppEnv } from './app-env.ts'
import { notFound } from './failures.ts'

export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  errors?: FieldProblem[]
  down?: string[]
}

/** RFC 9457. `type` is a relative reference into our own error page, so that it means the same on every deployment. */
export const problemOf = ({ failure, fields, down }: AuthError): Problem => {
  const { code, status, title, detail } = failure
  return {
    type: `/api/docs/errors#${code}`,
    title,
    status,
    detail,
    code,
    ...(fields && { errors: fields }),
    ...(down && { down }),
  }
}

/** Turns whatever was thrown into one of our own failures; what was really thrown is for the log. */
export function known(error: unknown): AuthError {
  if (error instanceof AuthError) return error
  if (error instanceof ConfigError) return new AuthError(misconfigured, { reason: error.message })
  const failure = databaseFailure(error)
  if (failure?.transient) return new AuthError(unavailable, { reason: failure.reason, retryAfter: 2, cause: error })
  return new AuthError(internalError, { reason: failure?.reason ?? describeThrown(error), cause: error })
}

export function answerProblem(error: AuthError): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter))
  const { challenge, status } = error.failure
  if (challenge) headers.set('www-authenticate', challenge)
  return new Response(JSON.stringify(problemOf(error)), { status, headers })
}

export const onError: ErrorHandler<AppEnv> = (thrown, c) => {
  const error = known(thrown)
  c.set('failure', error)
  return answerProblem(error)
}

export function onNotFound(c: Context<AppEnv>): Response {
  const error = new AuthError(notFound)
  c.set('failure', error)
  return answerProblem(error)
}
