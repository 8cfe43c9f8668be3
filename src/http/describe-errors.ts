import { z } from '@hono/zod-openapi'
import { ERRORS, type ErrorCode } from '../errors.ts'

/** What no input causes and any route may answer all the same: documented once, as the default response. */
export const ERRORS_OF_ANY_ROUTE: ErrorCode[] = ['internal_error', 'misconfigured']
export const FRAME_ERRORS_OF_A_BODY: ErrorCode[] = [
  'malformed_json',
  'malformed_form',
  'repeated_key',
  'forbidden_key',
  'nested_too_deep',
  'foreign_origin',
  'body_too_large',
  'unsupported_media_type',
  'invalid_body',
]
export const FRAME_ERRORS_OF_COOKIES: ErrorCode[] = ['foreign_origin']

const problem = (codes: ErrorCode[]) =>
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: 'A sentence for people.' }),
    code: z.enum(codes).openapi({ description: 'The stable name for programs.' }),
    ...(codes.includes('invalid_body') && {
      errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    }),
  })

/** One OpenAPI response for each status; the codes that share it stand in its description and in its schema. */
export function describeErrors(codes: ErrorCode[]) {
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))]
  const responses = statuses.map((status) => [status, response(codes.filter((code) => ERRORS[code].status === status))])
  return { ...Object.fromEntries(responses), default: response(ERRORS_OF_ANY_ROUTE) }
}

const response = (codes: ErrorCode[]) => ({
  description: codes.map((code) => `\`${code}\`: ${ERRORS[code].detail}`).join('\n\n'),
  content: { 'application/problem+json': { schema: problem(codes) } },
})
