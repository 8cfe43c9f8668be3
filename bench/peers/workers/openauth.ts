import { issuer } from '@openauthjs/openauth'
import { createClient } from '@openauthjs/openauth/client'
import type { Provider } from '@openauthjs/openauth/provider/provider'
import type { v1 } from '@standard-schema/spec'
import { mapStorage } from './openauth-storage.ts'

type User = { id: string }
const schema: v1.StandardSchema<User> = {
  '~standard': { version: 1, vendor: 'bench', validate: (value) => ({ value: value as User }) },
}
const subjects = { user: schema }

/** Lets its one client in without asking anybody: the log-in is not what is compared. */
const open: Provider<User> = { type: 'open', init: () => undefined, client: async ({ clientID }) => ({ id: clientID }) }

const app = issuer({
  providers: { open },
  subjects,
  storage: mapStorage(),
  // The line that its logger writes for each request would be lost anyway, but the reuse interval keeps two rows for each token.
  ttl: { access: 900, refresh: 86_400, reuse: 10 },
  success: (context, { id }) => context.subject('user', { id }),
})

export default {
  async fetch(request: Request, env: object, context: ExecutionContext) {
    const { origin, pathname } = new URL(request.url)
    if (pathname !== '/verify') return app.fetch(request, env, context)
    const { token } = await request.json<{ token: string }>()
    const fetching = (url: string) => Promise.resolve(app.fetch(new Request(url), env, context))
    const client = createClient({ clientID: 'bench', issuer: origin, fetch: fetching })
    const verified = await client.verify(subjects, token)
    return Response.json(verified, { status: verified.err ? 401 : 200 })
  },
}
