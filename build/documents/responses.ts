import * as z from 'zod/mini'
import { ERRORS_OF_ANY_ROUTE } from '../../src/http/frame-errors.ts'
import type { Failure } from '../../src/kernel/failure.ts'
import { invalidBody } from '../../src/kernel/failures.ts'
import { described } from '../../src/kernel/schema.ts'
import { jsonSchemaOf } from './json-schema.ts'

const problem = (failures: readonly Failure[]) =>
  z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: described(z.string(), { description: 'A sentence for people.' }),
    code: described(z.enum(failures.map(({ code }) => code)), { description: 'The stable name for programs.' }),
    ...(failures.includes(invalidBody) && {
      errors: z.optional(z.array(z.object({ path: z.string(), message: z.string() }))),
    }),
  })

/** One OpenAPI response for each status; the codes that share it stand in its description and in its schema. */
export function describeErrors(failures: readonly Failure[]) {
  const statuses = [...new Set(failures.map(({ status }) => status))]
  const responses = statuses.map((status) => [
    status,
    response(failures.filter((failure) => failure.status === status)),
  ])
  return { ...Object.fromEntries(responses), default: response(ERRORS_OF_ANY_ROUTE) }
}

const response = (failures: readonly Failure[]) => ({
  description: failures.map(({ code, detail }) => `\`${code}\`: ${detail}`).join('\n\n'),
  content: { 'application/problem+json': { schema: jsonSchemaOf(problem(failures), 'output') } },
})
