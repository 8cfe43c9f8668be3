import type { Context } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { Hono } from 'hono/quick'
import { accounts } from '../features/account/routes.ts'
import { apiDescription } from '../features/api/routes.ts'
import { mailedCodes } from '../features/email/routes.ts'
import { health } from '../features/health/routes.ts'
import { publicKeys } from '../features/keys/routes.ts'
import { ownSessions } from '../features/sessions/own-routes.ts'
import { sessions } from '../features/sessions/routes.ts'
import { crossOrigin } from '../http/cross-origin.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { frame } from '../http/frame.ts'
import { answerProblem, onError, onNotFound } from '../http/problem.ts'
import { AuthError, type ErrorCode } from '../kernel/errors.ts'
import type { Deps } from './deps.ts'

export type AppEnv = {
  Bindings: Env
  Variables: {
    deps: Deps
    /** What was declared for the operation that answers, for the log. */
    route?: { path: string; errors: ErrorCode[] }
    failure?: AuthError
  }
}

/** Built once per isolate; `provide` makes each request's dependencies. */
export function createApp(provide: (c: Context<AppEnv>) => Deps) {
  // A slash at the end makes no other address. One of hono's routers sees it so anyway, and the search for a 405 does not.
  const app: App = Object.assign(new Hono<AppEnv>({ strict: false }), { operations: [] })
  app.onError(onError)
  const otherMethods = methodNotAllowed({ app, onMethodNotAllowed })
  app.notFound(async (c) => {
    await otherMethods(c, async () => {
      c.res = onNotFound(c)
    })
    return c.res
  })

  app.use(frame)
  app.use(async function dependencies(c, next) {
    c.set('deps', provide(c))
    await next()
  })
  app.use(crossOrigin)

  health(app)
  accounts(app)
  sessions(app)
  mailedCodes(app)
  ownSessions(app)
  publicKeys(app)
  apiDescription(app)
  return app
}

/** What was declared, for the description. */
export type App = Hono<AppEnv> & { operations: Endpoint[] }

function onMethodNotAllowed(c: Context, methods: string[]) {
  const error = new AuthError('method_not_allowed')
  c.set('failure', error)
  const answer = answerProblem(error)
  answer.headers.set('allow', methods.join(', '))
  return answer
}
