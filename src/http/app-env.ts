import type { Deps } from '../kernel/deps.ts'
import type { AuthError, Failure } from '../kernel/failure.ts'

export type AppEnv = {
  Bindings: Env
  Variables: {
    deps: Deps
    /** What was declared for the operation that answers, for the log. */
    route?: { path: string; errors: readonly Failure[]; quiet: boolean }
    failure?: AuthError
  }
}
