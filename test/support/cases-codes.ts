import { postJson } from './api.ts'
import {
  asking,
  asSomebody,
  type Case,
  type Cases,
  refusalsOfSessions,
  several,
  somebody,
  withoutPostgres,
} from './cases.ts'
import { deafTo, envWith } from './faulty-bindings.ts'
import { digitsMailedTo, lastMailTo, mailing, tokenIn } from './mailbox.ts'
import { PASSWORD, register } from './people.ts'

const NEW_PASSWORD = 'another horse battery'
const nowhere = { 'cf-connecting-ip': '' }
const mail = mailing()
const forgetting = (email: string) => postJson('/auth/password/forgot', { email }, {}, mail)

let counted = 0
const newAddress = () => `new${++counted}@example.com`

/** What everything refuses that the guard of addresses stands before. */
const guarded = (body: object, spending: string): Record<string, Case> => {
  const once = envWith({ [spending]: '1' })
  const knock = asking({ body, bindings: once, headers: { 'cf-connecting-ip': '198.51.100.77' } })
  return {
    address_unknown: asking({ body, headers: nowhere }),
    too_many_attempts: several(knock, knock),
    unavailable: withoutPostgres(asking({ body, headers: { 'cf-connecting-ip': '198.51.100.78' } })),
  }
}

const forgot: Cases = {
  succeeds: asking({ body: { email: 'ann@example.com' } }),
  refuses: guarded({ email: 'ann@example.com' }, 'MAX_ADDRESS_MAILS'),
}

const resetting =
  (ask: { bindings?: Env } = {}): Case =>
  async (path, method) => {
    const { email, address } = await somebody()
    await forgetting(email)
    const body = { email, code: await digitsMailedTo(email), new_password: NEW_PASSWORD }
    return asking({ body, headers: address, ...ask })(path, method)
  }

const wrong = { email: 'ann@example.com', code: '000000', new_password: NEW_PASSWORD }

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
    const headers = { ...address, authorization: `Bearer ${access_token}` }
    await postJson('/auth/email/change', { email, password: PASSWORD }, headers, mail)
    await meanwhile(email)
    return { body: { email, code: await digitsMailedTo(email) }, ...ask }
  })

const verify: Cases = {
  succeeds: verifying,
  refuses: {
    ...guarded({ email: 'ann@example.com', code: '000000' }, 'MAX_ADDRESS_ATTEMPTS'),
    invalid_code: asking({ body: { email: 'ann@example.com', code: '000000' } }),
    invalid_access_token: asking({
      body: { email: 'ann@example.com', code: '000000' },
      headers: { authorization: 'Bearer abc' },
    }),
    identifier_taken: changing({}, async (email) => void (await register(email))),
    revocation_pending: changing({ bindings: deafTo('advance') }),
  },
}

const changeTo = (fields: object = {}) => ({ email: newAddress(), password: PASSWORD, ...fields })

const change: Cases = {
  succeeds: asSomebody(() => ({ body: changeTo() })),
  refuses: {
    ...refusalsOfSessions(changeTo()),
    address_unknown: asSomebody(() => ({ body: changeTo(), headers: nowhere })),
    wrong_password: asSomebody(() => ({ body: changeTo({ password: 'wrong' }) })),
    too_many_attempts: async (path, method) => {
      const { access_token, address } = await somebody()
      const headers = { ...address, authorization: `Bearer ${access_token}` }
      const guess = asking({
        body: changeTo({ password: 'wrong' }),
        headers,
        bindings: envWith({ MAX_LOGIN_ATTEMPTS: '1' }),
      })
      return several(guess, guess)(path, method)
    },
  },
}

const stopping =
  (ask: { bindings?: Env } = {}): Case =>
  async (path, method) => {
    const { email, address, access_token } = await somebody()
    const headers = { ...address, authorization: `Bearer ${access_token}` }
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
  'post /auth/email/change': change,
  'get /auth/email/stop': { succeeds: asking(), refuses: {} },
  'post /auth/email/stop': stop,
}
