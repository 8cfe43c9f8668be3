import type { Context } from 'hono'
import { HonoBase } from 'hono/hono-base'
import { methodNotAllowed as otherMethodsOf } from 'hono/method-not-allowed'
import { LinearRouter } from 'hono/router/linear-router'
import type { AppEnv } from '../http/app-env.ts'
import { crossOrigin } from '../http/cross-origin.ts'
import type { App } from '../http/endpoint.ts'
import { methodNotAllowed } from '../http/failures.ts'
import { frame } from '../http/frame.ts'
import { answerProblem, onError, onNotFound } from '../http/problem.ts'
import type { Deps } from '../kernel/deps.ts'
import { AuthError } from '../kernel/failure.ts'
import { FEATURES } from './features.ts'

/** Built once per isolate; `provide` makes each request's dependencies. */
export function createApp(provide: (c: Context<AppEnv>) => Deps) {
  // A slash at the end makes no other address. One of hono's routers sees it so anyway, and the search for a 405 does not.
  const app: App = Object.assign(new HonoBase<AppEnv>({ strict: false, router: new LinearRouter() }), {
    operations: [],
  })
  app.onError(onError)
  const otherMethods = otherMethodsOf({ app, onMethodNotAllowed })
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

  for (const { routes } of FEATURES) routes?.(app)
  return app
}

function onMethodNotAllowed(c: Context, methods: string[]) {
  const error = new AuthError(methodNotAllowed)
  c.set('failure', error)
  const answer = answerProblem(error)
  answer.headers.set('allow', methods.join(', '))
  return answer
}
