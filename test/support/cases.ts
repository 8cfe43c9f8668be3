import { call, postJson } from './api.ts'
import { deafTo, envWith } from './faulty-bindings.ts'
import { bearer, from, PASSWORD, type TokenAnswer } from './people.ts'
import { breakEndpoint } from './switchboard.ts'

export type Case = (path: string, method: string) => Promise<Response>
/** How an operation is made to succeed, and to refuse with each code that is its own. */
export type Cases = {
  succeeds: Case
  /** Where a setting makes it answer something else. */
  otherwise?: Case
  refuses: Record<string, Case>
}

const FORM = 'application/x-www-form-urlencoded'
const send =
  (type: string, body: string, headers: Record<string, string> = {}): Case =>
  (path, method) =>
    call(path, { method, body, headers: { 'content-type': type, authorization: 'Bearer of.no.use', ...headers } })

/** As workerd does it when the caller is gone: `test/node/cut-bodies.test.ts` asks a real connection. */
const brokenOff: Case = (path, method) => {
  const lost = Object.assign(new Error('Network connection lost.'), { retryable: true })
  const body = new ReadableStream({ pull: (controller) => controller.error(lost) })
  return call(path, {
    method,
    body,
    headers: { 'content-type': 'application/json', authorization: 'Bearer of.no.use' },
  })
}

/** How anybody gets each refusal of the frame out of any operation that takes a body. */
export const FRAME_CASES: Record<string, Case> = {
  malformed_json: send('application/json', '{'),
  malformed_form: send(FORM, 'a=%'),
  incomplete_body: brokenOff,
  repeated_key: send('application/json', '{"a":1,"a":2}'),
  forbidden_key: send('application/json', '{"__proto__":1}'),
  nested_too_deep: send('application/json', `${'['.repeat(9)}${']'.repeat(9)}`),
  foreign_origin: send(FORM, '', { origin: 'https://evil.example' }),
  body_too_large: send('application/json', ' '.repeat(70_000)),
  unsupported_media_type: send('text/plain', '{}'),
  invalid_body: send('application/json', '[]'),
}

export const withoutPostgres =
  (one: Case): Case =>
  async (path, method) => {
    await breakEndpoint('sql', 'refuse')
    return one(path, method)
  }

export type Somebody = TokenAnswer & { email: string; address: Record<string, string> }
let counted = 0

/** Registered and logged in, from an address that nobody shares. */
export async function somebody(): Promise<Somebody> {
  counted++
  const email = `somebody${counted}@example.com`
  const address = from(`2001:db8:${counted.toString(16)}::1`)
  await postJson('/auth/register', { email, password: PASSWORD }, address)
  const loggedIn = await postJson('/auth/login', { username: email, password: PASSWORD }, address)
  return { email, address, ...(await loggedIn.json<TokenAnswer>()) }
}

export type Ask = { body?: object; headers?: Record<string, string>; bindings?: Env }

/** As nobody in particular; a header that is exchanged for an empty one is not sent. */
export const asking =
  ({ body, headers, bindings }: Ask = {}): Case =>
  (path, method) => {
    const given = { ...from('203.0.113.7'), ...(body && { 'content-type': 'application/json' }), ...headers }
    const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''))
    return call(path, { method, headers: sent, body: body ? JSON.stringify(body) : null }, bindings)
  }

export const asSomebody =
  (ask: (who: Somebody) => Ask | Promise<Ask> = () => ({}), times = 1): Case =>
  async (path, method) => {
    const who = await somebody()
    const { headers, ...rest } = await ask(who)
    const one = asking({ ...rest, headers: { ...who.address, ...bearer(who.access_token), ...headers } })
    for (let n = 1; n < times; n++) await one(path, method)
    return one(path, method)
  }

/** What every operation refuses that wants a live session. */
export const refusalsOfSessions = (body?: object): Record<string, Case> => {
  const rest = body && { body }
  return {
    access_token_missing: asking({ ...rest }),
    invalid_access_token: asSomebody(async ({ access_token }) => {
      await postJson('/auth/logout', {}, bearer(access_token))
      return { ...rest }
    }),
    unavailable: asSomebody(() => ({ ...rest, bindings: deafTo() })),
  }
}

/** From nowhere that is known. */
export const nowhere = { 'cf-connecting-ip': '' }

/** What everything refuses that the guard of addresses stands before; `spending` is the setting of its budget. */
export const guarded = (body: object, spending: string): Record<string, Case> => {
  const knock = asking({ body, bindings: envWith({ [spending]: '1' }), headers: from('198.51.100.77') })
  return {
    address_unknown: asking({ body, headers: nowhere }),
    too_many_attempts: async (path, method) => {
      await knock(path, method)
      return knock(path, method)
    },
    unavailable: withoutPostgres(asking({ body, headers: from('198.51.100.78') })),
  }
}

/** What asks a signed-in user for the password once more. */
export const confirmed = (right: () => object, more: Record<string, Case>): Cases => {
  const name = 'current_password' in right() ? 'current_password' : 'password'
  const wrong = () => ({ body: { ...right(), [name]: 'wrong' } })
  return {
    succeeds: asSomebody(() => ({ body: right() })),
    refuses: {
      ...refusalsOfSessions(right()),
      address_unknown: asSomebody(() => ({ body: right(), headers: nowhere })),
      wrong_password: asSomebody(wrong),
      too_many_attempts: asSomebody(() => ({ ...wrong(), bindings: envWith({ MAX_LOGIN_ATTEMPTS: '1' }) }), 2),
      ...more,
    },
  }
}
