import { describe, expect, it } from 'vitest'
import { complaintsSoFar } from './support/each.ts'
import { bearer, type Client, codeOf, from, PASSWORD, register, serviceWith } from './support/people.ts'

const registerAt = (service: Client, fields: object = {}) =>
  service.post('/auth/register', { email: 'ann@example.com', password: PASSWORD, ...fields })
const described = async (service: Client) =>
  (await service.get('/api/openapi.json')).json<{
    info: object
    servers: object[]
    components: { schemas: Record<string, object> }
  }>()
const sessionsOf = async (service: Client, token: string) => {
  const response = await service.get('/auth/sessions', bearer(token))
  return (await response.json<{ sessions: { address: string; device: string }[] }>()).sessions
}

describe('who the service is', () => {
  it('ENVIRONMENT is production unless it says otherwise, and then the floors hold', async () => {
    expect(await codeOf(await serviceWith({ ENVIRONMENT: '' }).get('/'))).toBe('503 misconfigured')
    const [line = ''] = complaintsSoFar()
    expect(line).toContain('SECRET_KEY was made for development')
    expect(line).toContain('PASSWORD_COST must be at least 15')
    expect((await serviceWith({ ENVIRONMENT: 'development' }).get('/')).status).toBe(200)
  })

  it('APP_NAME is what the service calls itself, and nobody’s password', async () => {
    const service = serviceWith({ APP_NAME: 'Gatehouse' })
    expect(await (await service.get('/')).json()).toMatchObject({ name: 'Gatehouse' })
    expect(await described(service)).toMatchObject({ info: { title: 'Gatehouse' } })
    expect(await codeOf(await registerAt(service, { password: 'gatehouse1' }))).toBe('422 invalid_body')
    expect((await registerAt(serviceWith({}), { password: 'gatehouse1' })).status).toBe(201)
  })

  it('APP_VERSION is the version that it tells', async () => {
    const service = serviceWith({ APP_VERSION: '7.8.9' })
    expect(await (await service.get('/health/live')).json()).toMatchObject({ version: '7.8.9' })
    expect(await described(service)).toMatchObject({ info: { version: '7.8.9' } })
  })

  it('PUBLIC_URL is its own origin and the server in its description; ISSUER serves where it is left out', async () => {
    const statusFrom = async (service: Client, origin: string) =>
      (await service.post('/auth/login', {}, { origin })).status
    const moved = serviceWith({ PUBLIC_URL: 'https://login.example.com' })
    expect(await described(moved)).toMatchObject({ servers: [{ url: 'https://login.example.com' }] })
    expect(await statusFrom(moved, 'https://login.example.com')).toBe(422)
    expect(await statusFrom(moved, 'https://auth.example.com')).toBe(403)
    expect(await statusFrom(serviceWith({ PUBLIC_URL: '' }), 'https://auth.example.com')).toBe(422)
  })
})

describe('where its data is', () => {
  it('DATABASE_URL with a wrong password opens nothing', async () => {
    const service = serviceWith({ DATABASE_URL: 'postgres://postern:not-the-password@localhost/postern' })
    expect(await codeOf(await registerAt(service))).toBe('503 unavailable')
    expect(complaintsSoFar().join()).not.toContain('not-the-password')
    expect((await registerAt(serviceWith({}))).status).toBe(201)
  })

  it('DATABASE_HTTP_URL is where the database is asked', async () => {
    const service = serviceWith({ DATABASE_HTTP_URL: 'https://elsewhere.example.com/sql' })
    expect(await codeOf(await registerAt(service))).toBe('503 unavailable')
    expect(complaintsSoFar()).toHaveLength(1)
    expect((await registerAt(serviceWith({}))).status).toBe(201)
  })
})

describe('passwords', () => {
  it('PASSWORD_MIN_LENGTH is where a password begins, and stands in the description', async () => {
    const service = serviceWith({ PASSWORD_MIN_LENGTH: '12' })
    expect(await codeOf(await registerAt(service, { password: 'k7vq2pzxw3m' }))).toBe('422 invalid_body')
    expect((await registerAt(service, { password: 'k7vq2pzxw3m9' })).status).toBe(201)
    const { components } = await described(service)
    for (const name of ['RegisterRequest', 'RegisterRequestForm'])
      expect(components.schemas[name]).toMatchObject({ properties: { password: { minLength: 12 } } })
  })
})

describe('callers', () => {
  it('CORS_ORIGINS are the pages that may read answers and send cookies', async () => {
    const service = serviceWith({ CORS_ORIGINS: 'https://one.example https://two.example' })
    const allowed = async (origin: string) =>
      (await service.get('/', { origin })).headers.get('access-control-allow-origin')
    expect(await allowed('https://one.example')).toBe('https://one.example')
    expect(await allowed('https://two.example')).toBe('https://two.example')
    expect(await allowed('https://app.example.com')).toBeNull()
    const logInFrom = (origin: string) => service.tryToLogIn({ transport: 'cookie' }, { origin })
    expect((await logInFrom('https://two.example')).status).toBe(401)
    expect((await logInFrom('https://app.example.com')).status).toBe(403)
  })

  it('CLIENT_ADDRESS_HEADER is the only header that names an address', async () => {
    await register()
    const service = serviceWith({ CLIENT_ADDRESS_HEADER: 'X-Real-IP' })
    expect(await codeOf(await service.tryToLogIn())).toBe('403 address_unknown')
    const { access_token } = await service.logIn({}, { 'x-real-ip': '198.51.100.9' })
    expect(await sessionsOf(service, access_token)).toMatchObject([{ address: '198.51.100.9' }])
  })
})

describe('BACKEND_KEYS', () => {
  const KEY = 'f3Jq8ZtW1mXy6RbK0uVd5NcH2gLs7PaE'
  const backend = serviceWith({ BACKEND_KEYS: `another-key-of-at-least-32-characters ${KEY}` })
  const behind = (key: string) => ({
    ...from('192.0.2.1'),
    'user-agent': 'node',
    'postern-backend-key': key,
    'postern-client-address': '198.51.100.9',
    'postern-client-agent': 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0',
  })
  const placeOf = async (service: Client, headers: Record<string, string>) => {
    const { access_token } = await service.logIn({}, headers)
    return (await sessionsOf(service, access_token)).map(({ address, device }) => `${address} ${device}`).at(-1)
  }

  it('BACKEND_KEYS let a backend name the address and the browser that it calls for', async () => {
    await register()
    expect(await placeOf(backend, behind(KEY))).toBe('198.51.100.9 Firefox on Windows')
  })

  it.each(['', KEY.slice(0, -1), `${KEY}x`, KEY.toLowerCase()])('a wrong key changes nothing: %j', async (key) => {
    await register()
    expect(await placeOf(backend, behind(key))).toBe('192.0.2.1 Node.js')
  })

  it('without the setting no key is right', async () => {
    await register()
    expect(await placeOf(serviceWith({}), behind(KEY))).toBe('192.0.2.1 Node.js')
    expect(await placeOf(serviceWith({}), behind(''))).toBe('192.0.2.1 Node.js')
  })

  it.each(['', 'nonsense'])('4.1.3 a backend that names no address (%j) lets nobody in', async (address) => {
    await register()
    const response = await backend.tryToLogIn({}, { ...behind(KEY), 'postern-client-address': address })
    expect(await codeOf(response)).toBe('403 address_unknown')
  })
})

it('bad settings: every request is 503 misconfigured, and the log names every one of them and no value', async () => {
  const service = serviceWith({
    ISSUER: 'canary-issuer',
    DATABASE_URL: 'mysql://canary-database',
    SECRET_KEY: 'canary-secret',
    SIGNING_KEY_1: '{"d":"canary-key"}',
    MAX_LOGIN_ATTEMPTS: 'canary-number',
    CORS_ORIGINS: 'canary-origin',
  })
  const requests = [
    service.get('/'),
    service.get('/health/ready'),
    service.get('/api/docs'),
    service.get('/.well-known/jwks.json'),
    service.get('/nothing-here'),
    service.send('/auth/login', { method: 'DELETE' }),
    service.send('/auth/login', { method: 'OPTIONS', headers: { origin: 'https://app.example.com' } }),
    service.post('/auth/register', '{'),
    service.tryToLogIn(),
  ]
  for (const response of await Promise.all(requests)) {
    expect(response.headers.get('x-frame-options')).toBe('DENY')
    expect(response.headers.get('x-request-id')).toBeTruthy()
    expect(await codeOf(response)).toBe('503 misconfigured')
  }
  const lines = complaintsSoFar()
  expect(lines).toHaveLength(requests.length)
  for (const name of ['ISSUER', 'DATABASE_URL', 'SECRET_KEY', 'SIGNING_KEY_1', 'MAX_LOGIN_ATTEMPTS', 'CORS_ORIGINS']) {
    expect(lines[0]).toContain(`${name} `)
  }
  expect(lines.join()).not.toContain('canary')
})
