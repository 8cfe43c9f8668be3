import { describe, expect, it } from 'vitest'
import { FAILURES, type FailureCode } from '../src/compose/features.ts'
import { afterwork } from './support/after-work.ts'
import { call } from './support/api.ts'
import { type Cases, FRAME_CASES } from './support/cases.ts'
import { ACCOUNT_CASES } from './support/cases-accounts.ts'
import { CODE_CASES } from './support/cases-codes.ts'
import { SERVICE_CASES } from './support/cases-service.ts'
import { SESSION_CASES } from './support/cases-sessions.ts'
import { codesOf, describeApi, idsOf, operationsOf, successesOf } from './support/description.ts'
import { complaintsSoFar } from './support/each.ts'
import { healEverything } from './support/switchboard.ts'

const PROVOKE: Record<string, Cases> = {
  ...SERVICE_CASES,
  ...ACCOUNT_CASES,
  ...SESSION_CASES,
  ...CODE_CASES,
}
const PLACES = Object.entries(PROVOKE).map(([name, provoked]) => {
  const [method = '', path = ''] = name.split(' ')
  return { name, method: method.toUpperCase(), path, provoked }
})

/** No address answers these: other Workers call methods, and are answered values. */
const OVER_RPC_ALONE: FailureCode[] = ['user_not_found']
/** Not of one operation: an address that is none, a method that is none, and what no input causes. */
const OF_ANY_ADDRESS: FailureCode[] = ['not_found', 'method_not_allowed', 'internal_error', 'misconfigured']

describe('the description', () => {
  it('is OpenAPI 3.1, and its server comes from the settings', async () => {
    const description = await describeApi()
    expect(description.openapi).toBe('3.1.0')
    expect(description.servers).toEqual([{ url: 'https://auth.example.com' }])
  })

  it('has the operations that are provoked here, all of them', async () => {
    expect(Object.keys(operationsOf(await describeApi())).toSorted()).toEqual(Object.keys(PROVOKE).toSorted())
  })

  it('every operation has a name for programs, which follows from its place and is nobody else’s', async () => {
    const ids = idsOf(await describeApi())
    expect(ids.filter((id) => !/^(get|post|patch|delete)([A-Z][a-z0-9]*)+$/.test(id))).toEqual([])
    expect(new Set(ids).size).toBe(PLACES.length)
    expect(ids).toEqual(
      expect.arrayContaining([
        'postAuthLogin',
        'postLogin',
        'postAuthRefreshToken',
        'postRefreshToken',
        'postAuthEmailSendCode',
        'deleteAuthSessionsById',
        'getWellKnownJwksJson',
      ]),
    )
  })

  it('paths that only older clients know are marked and stand last; before them comes health', async () => {
    const operations = Object.entries(operationsOf(await describeApi()))
    const aliases = operations.filter(([, { deprecated }]) => deprecated)
    expect(
      aliases.map(([, { summary }]) => summary).filter((summary) => !/\(also at \/[^)]*\)$/.test(summary)),
    ).toEqual([])
    expect(operations.slice(-aliases.length)).toEqual(aliases)
    const [health] = operations.slice(-aliases.length - 1)
    expect(health?.[0]).toBe('get /health/ready')
  })

  it('every operation but those that describe it says more than its summary', async () => {
    const short = Object.entries(operationsOf(await describeApi())).filter(([, { description }]) => !description)
    expect(short.map(([name]) => name)).toEqual([
      'get /auth/email/stop',
      'get /api/openapi.json',
      'get /api/asyncapi.json',
    ])
  })

  it('whatever takes an access token says so, and nothing else does', async () => {
    const operations = Object.entries(operationsOf(await describeApi()))
    const judges = operations.filter(([, operation]) => codesOf(operation).includes('invalid_access_token'))
    const says = operations.filter(([, { security = [] }]) => security.some((way) => 'accessToken' in way))
    expect(says.map(([name]) => name)).toEqual(judges.map(([name]) => name))
    const demands = operations.filter(([, operation]) => codesOf(operation).includes('access_token_missing'))
    const saysAlways = says.filter(([, { security }]) => security?.length === 1)
    expect(saysAlways.map(([name]) => name)).toEqual(demands.map(([name]) => name))
  })

  it('a body is documented as needed where the request without one is refused for that, and only there', async () => {
    const described = operationsOf(await describeApi())
    const withBody = PLACES.filter(({ name }) => described[name]?.requestBody)
    const needed = withBody.filter(({ name }) => described[name]?.requestBody?.required)
    const missed: string[] = []
    for (const { name, path, method } of withBody) {
      const headers = { 'cf-connecting-ip': '203.0.113.7', authorization: 'Bearer x' }
      const answer = await (await call(path, { method, headers })).json<{ code: string }>()
      if (answer.code === 'invalid_body') missed.push(name)
    }
    expect(missed).toEqual(needed.map(({ name }) => name))
    const free = withBody.filter(({ name }) => !missed.includes(name)).map(({ path }) => path)
    expect(free).toEqual(expect.arrayContaining(['/auth/logout', '/auth/refresh', '/refresh-token']))
  })

  it.each(PLACES)('$name succeeds as documented', async ({ name, path, method, provoked }) => {
    const description = await describeApi()
    const { [name]: operation } = operationsOf(description)
    const documented = successesOf(description, operation)
    const cases = [provoked.succeeds, ...(provoked.otherwise ? [provoked.otherwise] : [])]
    expect(documented).toHaveLength(cases.length)
    for (const [at, provoke] of cases.entries()) {
      const response = await provoke(path, method)
      expect(response.status).toBe(documented[at]?.status)
      const text = await response.text()
      if (response.status === 204) expect(text).toBe('')
      if (text.includes('_token'))
        expect(response.headers.get('cache-control')).toMatch(path.startsWith('/api/') ? /public/ : /^no-store$/)
      expect(documented[at]?.body?.safeParse(JSON.parse(text)).error?.issues).toBeUndefined()
    }
  })

  it.each(PLACES)('$name refuses as documented, with every code and no other', async (place) => {
    const { name, path, method, provoked } = place
    const { [name]: operation } = operationsOf(await describeApi())
    const codes = operation ? codesOf(operation) : []
    expect(Object.keys(provoked.refuses).filter((code) => !codes.includes(code))).toEqual([])
    for (const code of codes) {
      const provoke = provoked.refuses[code] ?? FRAME_CASES[code]
      const response = await provoke?.(path, method)
      await healEverything()
      const { status } = FAILURES[code] ?? { status: 0 }
      expect(await response?.json(), `${code} at ${name}`).toMatchObject({ code, status })
      expect(response?.status).toBe(status)
      expect(operation?.responses[status]?.content).toHaveProperty(['application/problem+json'])
    }
    await afterwork()
    expect(complaintsSoFar().filter((line) => line.includes('undeclared'))).toEqual([])
  })

  it('has every failure in the list, but those that belong to any address or to RPC', async () => {
    const documented = Object.values(operationsOf(await describeApi())).flatMap(codesOf)
    const missing = Object.keys(FAILURES).filter((code) => !documented.includes(code))
    expect(missing.toSorted()).toEqual([...OF_ANY_ADDRESS, ...OVER_RPC_ALONE].toSorted())
  })

  it('its page loads nothing from elsewhere', async () => {
    const page = await (await call('/api/docs')).text()
    const loaded = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address ?? '')
    expect(loaded.filter((address) => !address.startsWith('/api/') && address !== 'data:,')).toEqual([])
    for (const address of loaded.filter((each) => each.startsWith('/api/')))
      expect((await call(address)).status).toBe(200)
  })

  it('the page of errors explains every code', async () => {
    const page = await (await call('/api/docs/errors')).text()
    for (const code of Object.keys(FAILURES)) expect(page).toContain(`id="${code}"`)
  })
})
