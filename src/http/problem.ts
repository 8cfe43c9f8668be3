import type { Context, ErrorHandler } from 'hono'
import type { AppEnv } from '../compose/app.ts'
import { ConfigError } from '../compose/config.ts'
import { databaseFailure } from '../db/failure.ts'
import { GuardUnavailable } from '../features/guard/reservation.ts'
import { AuthError, ERRORS, type ErrorCode, type Failure, type FieldProblem } from '../kernel/errors.ts'
import { describeThrown } from '../kernel/log.ts'

export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: ErrorCode
  errors?: FieldProblem[]
  down?: string[]
}

/** RFC 9457. `type` is a relative reference into our own error page, so that it means the same on every deployment. */
export const problemOf = ({ code, fields, down }: AuthError): Problem => {
  const { status, title, detail } = ERRORS[code]
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
  if (error instanceof ConfigError) return new AuthError('misconfigured', { reason: error.message })
  if (error instanceof GuardUnavailable) return new AuthError('unavailable', { reason: error.message, retryAfter: 1 })
  const failure = databaseFailure(error)
  if (failure?.transient) return new AuthError('unavailable', { reason: failure.reason, retryAfter: 2, cause: error })
  return new AuthError('internal_error', { reason: failure?.reason ?? describeThrown(error), cause: error })
}

export function answerProblem(error: AuthError): Response {
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  if (error.retryAfter !== undefined) headers.set('retry-after', String(error.retryAfter))
  const failure: Failure = ERRORS[error.code]
  if (failure.challenge) headers.set('www-authenticate', failure.challenge)
  return new Response(JSON.stringify(problemOf(error)), { status: ERRORS[error.code].status, headers })
}

export const onError: ErrorHandler<AppEnv> = (thrown, c) => {
  const error = known(thrown)
  c.set('failure', error)
  return answerProblem(error)
}

export function onNotFound(c: Context<AppEnv>): Response {
  const error = new AuthError('not_found')
  c.set('failure', error)
  return answerProblem(error)
}
