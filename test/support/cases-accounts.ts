import { postJson } from './api.ts'
import { asking, asSomebody, type Cases, refusalsOfSessions, several, somebody, withoutPostgres } from './cases.ts'
import { deafTo, envWith } from './faulty-bindings.ts'
import { mailing } from './mailbox.ts'
import { bearer, PASSWORD } from './people.ts'

const NEW_PASSWORD = 'another horse battery'
const ann = { email: 'ann@example.com', password: PASSWORD }
const bob = { ...ann, email: 'bob@example.com' }
const once = envWith({ MAX_ADDRESS_ATTEMPTS: '1' })

const register: Cases = {
  succeeds: asking({ body: ann }),
  otherwise: asking({ body: ann, bindings: mailing({ EMAIL_VERIFICATION: 'before' }) }),
  refuses: {
    address_unknown: asking({ body: bob, headers: { 'cf-connecting-ip': '' } }),
    too_many_attempts: several(asking({ body: bob, bindings: once }), asking({ body: bob, bindings: once })),
    unavailable: withoutPostgres(asking({ body: bob })),
    identifier_taken: several(asking({ body: ann }), asking({ body: ann })),
  },
}

const me: Cases = { succeeds: asSomebody(), refuses: refusalsOfSessions() }

const changeProfile: Cases = {
  succeeds: asSomebody(() => ({ body: { full_name: 'Ann', username: 'annie', locale: 'en' } })),
  refuses: {
    ...refusalsOfSessions({ full_name: 'Ann' }),
    address_unknown: asSomebody(() => ({ body: { username: 'annie' }, headers: { 'cf-connecting-ip': '' } })),
    too_many_attempts: async (path, method) => {
      const { access_token, address } = await somebody()
      const rename = (full_name: string) =>
        asking({
          body: { full_name },
          headers: { ...address, ...bearer(access_token) },
          bindings: envWith({ MAX_ACCOUNT_CHANGES: '1' }),
        })
      return several(rename('Ann'), rename('Hannah'))(path, method)
    },
    identifier_taken: asSomebody(async () => {
      const { email } = await somebody()
      const [username = ''] = email.split('@')
      await postJson('/auth/register', { email: 'carol@example.com', username, password: PASSWORD })
      return { body: { username } }
    }),
  },
}

/** Whatever asks somebody signed in for the password once more. */
const confirmed = (right: object, wrong: object): Cases => ({
  succeeds: asSomebody(() => ({ body: right })),
  refuses: {
    ...refusalsOfSessions(right),
    address_unknown: asSomebody(() => ({ body: right, headers: { 'cf-connecting-ip': '' } })),
    wrong_password: asSomebody(() => ({ body: wrong })),
    revocation_pending: asSomebody(() => ({ body: right, bindings: deafTo('advance', 'bury') })),
    too_many_attempts: async (path, method) => {
      const bindings = envWith({ MAX_LOGIN_ATTEMPTS: '1' })
      const who = await somebody()
      const guess = asking({
        body: wrong,
        bindings,
        headers: { ...who.address, authorization: `Bearer ${who.access_token}` },
      })
      return several(guess, guess)(path, method)
    },
  },
})

export const ACCOUNT_CASES: Record<string, Cases> = {
  'post /auth/register': register,
  'post /auth/signup': register,
  'post /register': register,
  'get /auth/me': me,
  'get /users/me': me,
  'patch /auth/me': changeProfile,
  'delete /auth/me': confirmed({ password: PASSWORD }, { password: 'wrong' }),
  'post /auth/password/change': confirmed(
    { current_password: PASSWORD, new_password: NEW_PASSWORD },
    { current_password: 'wrong', new_password: NEW_PASSWORD },
  ),
}
