import { createApp } from './compose/app.ts'
import { clientOf } from './compose/client.ts'
import { depsFrom } from './compose/deps.ts'
import { sweepOfTheDay } from './compose/sweep.ts'
import { NOBODY } from './kernel/client.ts'

export { Drain, LoginGuard, UserSessions, Wake } from './compose/objects.ts'
export { AuthRpc, OperatorRpc, VerifyRpc } from './compose/rpc/entrypoints.ts'

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
    deps.later(sweepOfTheDay(deps))
  },
} satisfies ExportedHandler<Env>
