import { describe, expect, it, vi } from 'vitest'
import { ERRORS } from '../src/errors.ts'
import { call, postJson } from './support/api.ts'
import { complaintsSoFar } from './support/each.ts'
import { PROVOKE_THE_FRAME, type Provocation, withoutPostgres } from './support/provoke.ts'
import { healEverything } from './support/switchboard.ts'

type Operation = {
  responses: Record<string, { content?: Record<string, { schema: { properties: { code: { enum: string[] } } } }> }>
}
type Description = { openapi: string; paths: Record<string, Record<string, Operation>>; servers: { url: string }[] }

const registration: Provocation = (path) =>
  postJson(path, { email: 'ann@example.com', password: 'correct horse battery' })

/** Beside those of the frame: how each refusal of an operation's own comes about. */
const PROVOKE: Record<string, Record<string, Provocation>> = {
  'get /health/ready': {
    not_ready: withoutPostgres((path) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2031-01-01T00:00:00Z') })
      return call(path)
    }),
  },
  'post /auth/register': {
    identifier_taken: async (path, method) => {
      await registration(path, method)
      return registration(path, method)
    },
    unavailable: withoutPostgres(registration),
  },
}
const SAME_AS: Record<string, string> = {
  'post /auth/signup': 'post /auth/register',
  'post /register': 'post /auth/register',
}

const describeApi = async () => (await call('/api/openapi.json')).json<Description>()

function codesOf({ responses }: Operation): string[] {
  return Object.entries(responses)
    .filter(([status]) => status !== 'default')
    .flatMap(([, { content }]) => content?.['application/problem+json']?.schema.properties.code.enum ?? [])
}

async function documented() {
  const { paths } = await describeApi()
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, codes: codesOf(operation) })),
  )
}

describe('the description', () => {
  it('is OpenAPI 3.1, and its server comes from the settings', async () => {
    const description = await describeApi()
    expect(description.openapi).toBe('3.1.0')
    expect(description.servers).toEqual([{ url: 'https://auth.example.com' }])
  })

  it('every documented error of every operation can be had, and is the one documented', async () => {
    for (const { path, method, codes } of await documented()) {
      const name = `${method} ${path}`
      const own = PROVOKE[SAME_AS[name] ?? name] ?? {}
      for (const code of codes) {
        const provoke = own[code] ?? PROVOKE_THE_FRAME[code]
        expect(provoke, `nothing provokes ${code} at ${name}`).toBeDefined()
        const response = await provoke?.(path, method.toUpperCase())
        await healEverything()
        expect(await response?.json(), `${code} at ${name}`).toMatchObject({
          code,
          status: ERRORS[code as keyof typeof ERRORS].status,
        })
      }
    }
    expect(complaintsSoFar().filter((line) => line.includes('undeclared'))).toEqual([])
  })

  it('every failure in the list is documented somewhere, or belongs to any address', async () => {
    const OF_ANY_ADDRESS = ['not_found', 'method_not_allowed', 'internal_error', 'misconfigured']
    const known = new Set([...(await documented()).flatMap(({ codes }) => codes), ...OF_ANY_ADDRESS])
    expect(Object.keys(ERRORS).filter((code) => !known.has(code))).toEqual([])
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
    for (const code of Object.keys(ERRORS)) expect(page).toContain(`id="${code}"`)
  })
})
