import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import { call } from './support/api.ts'
import { somebody } from './support/cases.ts'
import { describeApi, type Operation, operationsOf } from './support/description.ts'
import { bearer, PASSWORD } from './support/people.ts'
import { type BodySchema, valuesOf } from './support/schema-values.ts'

const AT_ONCE = 10
/** Of so many bodies each: MANY_BODIES=1 looks at four times as many. */
const RUNS = inject('manyBodies') ? 4 : 1
const FORM = 'application/x-www-form-urlencoded'

const description = await describeApi()
const components: Record<string, BodySchema> = description.components.schemas

type BodyCase = {
  name: string
  method: string
  path: string
  type: string
  operation: Operation
  schema: BodySchema
}

/** An alias is read by the same code. */
const operations = Object.entries(operationsOf(description)).filter(([, { deprecated }]) => !deprecated)

const places: BodyCase[] = operations.flatMap(([name, operation]) => {
  const [method = '', path = ''] = name.split(' ')
  return Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema = {} }]) => ({
    ...{ name: `${name} ${type}`, method: method.toUpperCase(), path, type, operation, schema },
  }))
})

/** What no schema can say, and the description says in words: rules that look at a whole list, or at somebody's account. */
const IN_WORDS = [
  'The password is among the most common ones.',
  'The password says little more than a name.',
  'This is your address already.',
]

/** What these are asked with is good for one answer. */
const ENDS_ITS_SESSION = ['DELETE /auth/me', 'POST /auth/logout']

type Body = Record<string, unknown>
type Answer = { code: string; errors?: { message: string }[] }

function isDocumentedInWords({ code, errors = [] }: Answer, { operation }: BodyCase): boolean {
  if (code === 'invalid_body') return errors.length > 0 && errors.every(({ message }) => IN_WORDS.includes(message))
  return code === 'invalid_code' && JSON.stringify(operation.responses['400']).includes('`invalid_code`')
}

/** The description says in words what is asked of a part of a domain that begins so. */
const bodiesOf = ({ schema }: BodyCase) =>
  valuesOf(schema, components).filter((body) => !/[@.]xn--/i.test(JSON.stringify(body))) as fc.Arbitrary<Body>

const encoded = (type: string, body: Body) =>
  type === FORM
    ? new URLSearchParams(
        Object.entries(body).map(([name, value]) => [
          name,
          typeof value === 'object' ? JSON.stringify(value) : String(value),
        ]),
      ).toString()
    : JSON.stringify(body)

let requests = 0
/** From an address of its own, so that no guard answers in place of the reader of bodies. */
const anAddress = () => ({ 'cf-connecting-ip': `198.18.${(++requests >> 8) & 255}.${requests & 255}` })

/** Where the user's password is asked for, the right one is sent, so that what lies behind that check is reached. */
function send({ method, path, type }: BodyCase, body: Body, who?: { access_token: string; password: string }) {
  const own = who ? ['password', 'current_password'].filter((name) => name in body) : []
  const whole = { ...body, ...Object.fromEntries(own.map((name) => [name, who?.password])) }
  const headers = { 'content-type': type, ...anAddress(), ...(who && bearer(who.access_token)) }
  return call(path, { method, headers, body: encoded(type, whole) })
}

/** By nobody in particular all at once, since some answers take their time on purpose. */
async function answersTo(place: BodyCase, bodies: Body[]): Promise<Response[]> {
  if (place.operation.security === undefined) return Promise.all(bodies.map((body) => send(place, body)))
  const answers: Response[] = []
  let who: { access_token: string; password: string } | undefined
  for (const body of bodies) {
    who ??= { ...(await somebody()), password: PASSWORD }
    const answer = await send(place, body, who)
    answers.push(answer)
    if (answer.ok && ENDS_ITS_SESSION.includes(`${place.method} ${place.path}`)) who = undefined
    else if (answer.ok) who.password = String(body.new_password ?? who.password)
  }
  expect(
    answers.map(({ status }) => status),
    'the session has not ended',
  ).not.toContain(401)
  return answers
}

describe('what the description calls a valid body is not refused as an invalid one', { timeout: 60_000 }, () => {
  it.each(places.map((place) => [place.name, place] as const))('%s', async (_, place) => {
    await fc.assert(
      fc.asyncProperty(fc.array(bodiesOf(place), { minLength: AT_ONCE, maxLength: AT_ONCE }), async (bodies) => {
        for (const response of await answersTo(place, bodies)) {
          if (response.status !== 400 && response.status !== 422) continue
          const answer = await response.json<Answer>()
          expect(isDocumentedInWords(answer, place), JSON.stringify(answer)).toBe(true)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('has looked at JSON and at forms of every operation with a body', () => {
    const withBody = operations.filter(([, { requestBody }]) => requestBody)
    expect(withBody.length).toBeGreaterThan(10)
    expect(places).toHaveLength(withBody.length * 2)
  })
})

describe('what the description says of text is what is refused', () => {
  const fullName = components.RegisterRequest?.properties?.full_name?.anyOf?.[0]
  const pattern = new RegExp(fullName?.pattern ?? '', 'u')

  it('the pattern of a line leaves out every control and format character, and nothing else', () => {
    const differing: string[] = []
    for (let point = 0; point <= 0x10ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue
      const text = String.fromCodePoint(point)
      if (pattern.test(text) === /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text)) differing.push(point.toString(16))
    }
    expect(differing).toEqual([])
  })

  it('lengths are counted in characters: as many as it says, and not one more', async () => {
    const { access_token } = await somebody()
    const longest = fullName?.maxLength ?? 0
    const change = async (length: number) => {
      const full_name = '\u{1f600}'.repeat(length)
      const headers = { 'content-type': 'application/json', ...anAddress(), ...bearer(access_token) }
      return (await call('/auth/me', { method: 'PATCH', headers, body: JSON.stringify({ full_name }) })).status
    }
    expect([longest, await change(longest), await change(longest + 1)]).toEqual([200, 200, 422])
  })

  it('a password that is shown may have been chosen before the floor, so only a new one has a floor', () => {
    expect(components.RegisterRequest?.properties?.password?.minLength).toBe(8)
    expect(components.ChangePasswordRequest?.properties?.new_password?.minLength).toBe(8)
    expect(components.ChangePasswordRequest?.properties?.current_password?.minLength).toBeUndefined()
  })
})

describe('a method that an address does not have', () => {
  const methodsOf = Object.entries(description.paths).map(([path, methods]) => {
    const described = Object.keys(methods).map((method) => method.toUpperCase())
    return [path, described.includes('GET') ? [...described, 'HEAD'] : described] as const
  })

  it.each(methodsOf)('%s allows those of the description, and HEAD where there is GET', async (path, methods) => {
    for (const method of ['PUT', 'OPTIONS']) {
      const response = await call(path, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')?.split(', ').toSorted()).toEqual(methods.toSorted())
    }
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'HEAD']) {
      const { status } = await call(path, { method, headers: anAddress() })
      expect(status === 405, method).toBe(!methods.includes(method))
    }
  })
})
