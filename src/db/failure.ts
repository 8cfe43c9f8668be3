import type { NeonDbError } from '@neondatabase/serverless'

/** Connection lost, out of resources, shutting down, told to wait: SQLSTATE classes 08, 53, 57 and 40. */
const TRANSIENT = /^(08|53|57|40)/

export type DatabaseFailure = {
  sqlState: string | undefined
  constraint: string | undefined
  transient: boolean
  reason: string
}

/**
 * What may be said about a failed query. `execute` wraps the driver's error in `.cause`, `batch` throws it bare. Its message
 * and detail hold SQL, parameters and addresses, so only the SQLSTATE and the constraint ever leave this function.
 */
export function databaseFailure(thrown: unknown): DatabaseFailure | null {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if (isDriverError(error)) {
      const { code: sqlState, constraint } = error
      const transient = !sqlState || TRANSIENT.test(sqlState)
      return {
        sqlState,
        constraint,
        transient,
        reason: `database: ${sqlState ?? 'unreachable'} ${constraint ?? ''}`.trim(),
      }
    }
  }
  return null
}

/** By its name, so that looking at an error does not load the driver. */
const isDriverError = (error: Error): error is NeonDbError => error.name === 'NeonDbError'

/** Class 23: of a unique index or of a reference. */
export const violates = (thrown: unknown, constraint: string): boolean => {
  const failure = databaseFailure(thrown)
  return failure?.sqlState?.startsWith('23') === true && failure.constraint === constraint
}
