import * as z from 'zod'
import { ERRORS_OF_ANY_ROUTE } from '../../http/frame-errors.ts'
import { ERRORS, type ErrorCode } from '../../kernel/errors.ts'
import { jsonSchemaOf } from './schemas.ts'

const problem = (codes: ErrorCode[]) =>
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence for people.' }),
    code: z.enum(codes).meta({ description: 'The stable name for programs.' }),
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
  content: { 'application/problem+json': { schema: jsonSchemaOf(problem(codes), 'output') } },
})
