import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { call } from './support/api.ts'
import { operations, type Place } from './support/description.ts'
import { registerAndLogIn, type TokenAnswer } from './support/people.ts'

/** What each of these requests looks like is in the seed that a failure prints; how many there are bounds the time. */
const RUNS = 40

let tokens: TokenAnswer
beforeEach(async () => {
  tokens = await registerAndLogIn()
})

const unicode = fc.string({ unit: 'binary', maxLength: 40 })
const odd = fc.constantFrom(
  ...[
    '',
    ' ',
    '\0',
    '\ud800',
    '\u202e',
    '__proto__',
    'constructor',
    'null',
    '-1',
    '1e400',
    'ann@example.com',
    "' or 1=1 --",
  ],
  ...['ann', '%00', '../../etc/passwd', '{{7*7}}', '\r\nSet-Cookie: a=b', '\ufeff', 'xn--a@xn--.xn--'],
)
const huge = fc.constantFrom(0, -0, -1, 1e308, 2 ** 53, Number.MAX_SAFE_INTEGER, 5e-324, 1.5)
const long = fc.integer({ min: 1, max: 30_000 }).map((length) => 'ż'.repeat(length))
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: odd },
  { weight: 2, arbitrary: unicode },
  { weight: 1, arbitrary: fc.oneof(huge, long, fc.boolean(), fc.constant(null), fc.emailAddress()) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

/** Numbers that `JSON.stringify` would never write, and text that is no JSON at all. */
const raw = fc.oneof(
  fc.constantFrom(
    '',
    '{',
    '1e400',
    '-0',
    '{"password":1e999}',
    '[[[[',
    '"',
    '\ufeff{}',
    'null',
    '{"a":NaN}',
    '{"":{}}',
  ),
  fc.string({ maxLength: 200 }),
)

/** Header values: what HTTP lets through, which is less than Unicode. */
const headerText = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((text) => text.trim())

/** An object may have a `toString` that is none. */
const asText = (given: unknown) => (typeof given === 'object' ? JSON.stringify(given) : String(given))

function bodyFor({ fields }: Place) {
  const typed = fc.record(Object.fromEntries(fields.map((field) => [field, value])), { requiredKeys: [] })
  const asForm = typed.map((given) =>
    new URLSearchParams(Object.entries(given).map(([k, v]) => [k, asText(v)])).toString(),
  )
  const json = fc.constant('application/json')
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(
        json,
        typed.map((given) => JSON.stringify(given)),
      ),
    },
    { weight: 2, arbitrary: fc.tuple(fc.constant('application/x-www-form-urlencoded'), fc.oneof(asForm, raw)) },
    {
      weight: 2,
      arbitrary: fc.tuple(
        json,
        fc.oneof(
          raw,
          value.map((given) => JSON.stringify(given) ?? ''),
        ),
      ),
    },
    { weight: 1, arbitrary: fc.tuple(headerText, raw) },
  )
}

/** None, nonsense, and the real ones, so that what is behind the first check is reached too. */
const credentials = fc.constantFrom(
  () => ({}),
  () => ({ authorization: `Bearer ${tokens.access_token}` }),
  () => ({ authorization: `Bearer ${tokens.refresh_token}` }),
  () => ({ authorization: 'Bearer a.b.c' }),
  () => ({ cookie: `__Host-postern_refresh=${tokens.refresh_token}` }),
)
const address = fc.oneof(
  { weight: 8, arbitrary: fc.ipV4() },
  { weight: 2, arbitrary: fc.ipV6() },
  { weight: 1, arbitrary: headerText },
)
const query = fc.oneof(
  fc.constant(''),
  unicode.filter((text) => text.isWellFormed()).map((text) => `?${encodeURIComponent(text)}`),
)
const segment = fc.oneof(
  unicode.filter((text) => text.isWellFormed()).map(encodeURIComponent),
  fc.constantFrom('%00', '%ff', '%', '..', '%2e%2e%2f'),
)

type Sent = { path: string; init: RequestInit }

async function requireAnswer({ path, init }: Sent) {
  const response = await call(path, init)
  const text = await response.text()
  expect(response.status, `${init.method} ${path} answered ${text}`).toBeLessThan(500)
  if (response.status < 400) return
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(JSON.parse(text)).toMatchObject({ status: response.status, code: expect.stringMatching(/^[a-z_]+$/) })
}

const all = await operations()

describe('no input causes a 5xx, and none an answer in words that are not ours', { timeout: 20_000 }, () => {
  it.each(all.map((operation) => [operation.name, operation] as const))('16.5 nonsense at %s', async (_, operation) => {
    const requests = fc.record({
      body: bodyFor(operation),
      credential: credentials,
      address,
      query,
      segment,
      agent: headerText,
    })
    await fc.assert(
      fc.asyncProperty(requests, async ({ body: [type, body], credential, address, query, segment, agent }) => {
        const headers = { 'content-type': type, 'user-agent': agent, 'cf-connecting-ip': address, ...credential() }
        const path = operation.path.replace('{id}', segment) + query
        const { method } = operation
        await requireAnswer({ path, init: { method, headers, ...(method !== 'GET' && { body }) } })
      }),
      { numRuns: operation.fields.length > 0 ? RUNS : RUNS / 4 },
    )
  })

  it('has looked at operations with fields', () => {
    expect(all.filter(({ fields }) => fields.length > 0).length).toBeGreaterThan(10)
  })

  it('16.5 nonsense for an address, in any method', async () => {
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS')
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
    await fc.assert(
      fc.asyncProperty(
        method,
        fc.oneof(
          path,
          segment.map((part) => `/auth/${part}`),
        ),
        async (method, path) => {
          const response = await call(path, { method })
          expect(response.status, `${method} ${path}`).toBeLessThan(500)
        },
      ),
      { numRuns: RUNS * 3 },
    )
  })
})
