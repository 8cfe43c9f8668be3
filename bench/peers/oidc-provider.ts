import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** oidc-provider on Node, with its own store in memory. It says its port, and a token to begin with. */
const key = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), use: 'sig' }
const provider = new Provider('http://127.0.0.1', {
  clients: [
    {
      client_id: 'bench',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: ['https://app.example.com/back'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [key] },
  cookies: { keys: ['only-for-measurements'] },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  features: { devInteractions: { enabled: false }, introspection: { enabled: true, allowedPolicy: () => true } },
  ttl: { AccessToken: 900, IdToken: 900, Grant: 86_400, RefreshToken: 86_400 },
})
provider.use(async (context, next) => {
  if (context.path === '/hello') context.body = { status: 'ok' }
  else await next()
})

const SCOPE = 'openid offline_access'
const client = await provider.Client.find('bench')
if (!client) throw new Error('The client is not there.')
const grant = new provider.Grant({ clientId: 'bench', accountId: 'ann' })
grant.addOIDCScope(SCOPE)
const claims = { accountId: 'ann', client, grantId: await grant.save(), scope: SCOPE, gty: 'authorization_code' }
const refreshToken = await new provider.RefreshToken({ ...claims, authTime: Math.floor(Date.now() / 1000) }).save()

const server = createServer(provider.callback()).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
process.stdout.write(`${JSON.stringify({ port, refreshToken })}\n`)
