import { createApp } from './app.ts'
import { depsFrom } from './platform/deps.ts'

export { LoginGuard } from './durable/login-guard.ts'
export { UserSessions } from './durable/user-sessions.ts'

const app = createApp((c) => depsFrom(c.env, c.executionCtx, c.req.raw))

export default { fetch: app.fetch } satisfies ExportedHandler<Env>
