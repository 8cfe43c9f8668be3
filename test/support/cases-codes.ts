import { postJson } from './api.ts'
import { asking, asSomebody, type Case, type Cases, confirmed, guarded, somebody } from './cases.ts'
import { deafTo } from './faulty-bindings.ts'
import { digitsMailedTo, lastMailTo, mailing, tokenIn } from './mailbox.ts'
import { ANN, bearer, NEXT, PASSWORD, register } from './people.ts'

const mail = mailing()

let counted = 0
const newAddress = () => `new${++counted}@example.com`

const forgot: Cases = {
  succeeds: asking({ body: { email: ANN } }),
  refuses: guarded({ email: ANN }, 'MAX_ADDRESS_MAILS'),
}

const resetting =
  (ask: { bindings?: Env } = {}): Case =>
  async (path, method) => {
    const { email, address } = await somebody()
    await postJson('/auth/password/forgot', { email }, {}, mail)
    const body = { email, code: await digitsMailedTo(email), new_password: NEXT }
    return asking({ body, headers: address, ...ask })(path, method)
  }

const wrong = { email: ANN, code: '000000', new_password: NEXT }

const reset: Cases = {
  succeeds: resetting(),
  refuses: {
    ...guarded(wrong, 'MAX_ADDRESS_ATTEMPTS'),
    invalid_code: asking({ body: wrong }),
    revocation_pending: resetting({ bindings: deafTo('advance') }),
  },
}

const verifying: Case = async (path, method) => {
  const { email, address } = await somebody()
  await postJson('/auth/email/send-code', { email }, {}, mail)
  return asking({ body: { email, code: await digitsMailedTo(email) }, headers: address })(path, method)
}

/** Somebody who has asked for another address and got the code for it, and what may come in between. */
const changing = (ask: { bindings?: Env } = {}, meanwhile = async (_: string) => {}): Case =>
  asSomebody(async ({ access_token, address }) => {
    const email = newAddress()
    const headers = { ...address, ...bearer(access_token) }
    await postJson('/auth/email/change', { email, password: PASSWORD }, headers, mail)
    await meanwhile(email)
    return { body: { email, code: await digitsMailedTo(email) }, ...ask }
  })

const verify: Cases = {
  succeeds: verifying,
  refuses: {
    ...guarded({ email: ANN, code: '000000' }, 'MAX_ADDRESS_ATTEMPTS'),
    invalid_code: asking({ body: { email: ANN, code: '000000' } }),
    invalid_access_token: asking({
      body: { email: ANN, code: '000000' },
      headers: bearer('abc'),
    }),
    identifier_taken: changing({}, async (email) => void (await register(email))),
    revocation_pending: changing({ bindings: deafTo('advance') }),
  },
}

const stopping =
  (ask: { bindings?: Env } = {}): Case =>
  async (path, method) => {
    const { email, address, access_token } = await somebody()
    const headers = { ...address, ...bearer(access_token) }
    const other = newAddress()
    await postJson('/auth/email/change', { email: other, password: PASSWORD }, headers, mail)
    await postJson('/auth/email/verify', { email: other, code: await digitsMailedTo(other) }, headers, mail)
    const token = tokenIn(await lastMailTo(email))
    return asking({ body: { token }, headers: address, ...ask })(path, method)
  }

const stopped = { token: 'x' }

const stop: Cases = {
  succeeds: stopping(),
  refuses: {
    ...guarded(stopped, 'MAX_ADDRESS_ATTEMPTS'),
    invalid_code: asking({ body: stopped }),
    revocation_pending: stopping({ bindings: deafTo('advance') }),
  },
}

export const CODE_CASES: Record<string, Cases> = {
  'post /auth/password/forgot': forgot,
  'post /auth/password/reset': reset,
  'post /auth/email/send-code': forgot,
  'post /auth/email/verify': verify,
  'post /auth/email/change': confirmed(() => ({ email: newAddress(), password: PASSWORD }), {}),
  'get /auth/email/stop': { succeeds: asking(), refuses: {} },
  'post /auth/email/stop': stop,
}
