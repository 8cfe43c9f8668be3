import { OAuthAuthorizationServer } from '@cloudflare/workers-oauth-provider'
import { mapNamespace } from './map-namespace.ts'

const ISSUER = 'https://auth.example.com'
const RESOURCE = 'https://api.example.com'
const REDIRECT = 'https://app.example.com/back'
const env = { OAUTH_KV: mapNamespace() }

const server = new OAuthAuthorizationServer<typeof env>({
  issuer: ISSUER,
  resources: [RESOURCE],
  defaultResource: RESOURCE,
  scopesSupported: ['read', 'offline_access'],
  accessTokenTTL: 900,
})

export default {
  async fetch(request: Request, _: object, context: ExecutionContext) {
    const { pathname } = new URL(request.url)
    if (pathname === '/grant') return Response.json(await grant())
    if (pathname === '/verify') {
      const { token } = await request.json<{ token: string }>()
      const validated = await server.validateToken(RESOURCE, token, env)
      return Response.json(validated, { status: validated ? 200 : 401 })
    }
    return server.fetch(new Request(ISSUER + pathname, request), env, context)
  },
}

/** A client, and the code that its user's consent would have brought it. */
async function grant() {
  const api = server.getOAuthApi(env)
  const { clientId, clientSecret } = await api.createClient({
    redirectUris: [REDIRECT],
    tokenEndpointAuthMethod: 'client_secret_post',
    grantTypes: ['authorization_code', 'refresh_token'],
  })
  const asked = new URL(`${ISSUER}/authorize`)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: REDIRECT,
    scope: 'read offline_access',
  }
  for (const [name, value] of Object.entries(parameters)) asked.searchParams.set(name, value)
  const consented = await api.parseAuthRequest(new Request(asked))
  const { redirectTo } = await api.completeAuthorization({
    request: consented,
    userId: clientId,
    metadata: {},
    scope: ['read', 'offline_access'],
    props: { id: clientId },
  })
  const code = new URL(redirectTo).searchParams.get('code')
  return { code, client_id: clientId, client_secret: clientSecret, redirect_uri: REDIRECT }
}
