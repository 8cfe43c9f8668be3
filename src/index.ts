import { createApp } from './app.ts'
import { sweep } from './events/sweep.ts'
import { clientOf, NOBODY } from './platform/client.ts'
import { depsFrom } from './platform/deps.ts'

export { LoginGuard } from './durable/login-guard.ts'
export { UserSessions } from './durable/user-sessions.ts'
export { AuthRpc, OperatorRpc, VerifyRpc } from './rpc/entrypoints.ts'

const app = createApp((c) =>
  depsFrom(c.env, c.executionCtx, {
    clientOf: (config) => clientOf(c.req.raw, config),
    signal: () => c.req.raw.signal,
  }),
)

export default {
  fetch: app.fetch,
  scheduled: (_, env, ctx) => {
    const deps = depsFrom(env, ctx, { clientOf: () => NOBODY })
    deps.later(sweep(deps))
  },
} satisfies ExportedHandler<Env>
