import { postJson } from './api.ts'
import {
  asking,
  asSomebody,
  type Case,
  type Cases,
  confirmed,
  guarded,
  nowhere,
  refusalsOfSessions,
  somebody,
} from './cases.ts'
import { deafTo, envWith } from './faulty-bindings.ts'
import { mailing } from './mailbox.ts'
import { ANN, NEXT, PASSWORD, workerClient } from './people.ts'

const ann = { email: ANN, password: PASSWORD }
const bob = { ...ann, email: 'bob@example.com' }

const register: Cases = {
  succeeds: asking({ body: ann }),
  otherwise: asking({ body: ann, bindings: mailing({ EMAIL_VERIFICATION: 'before' }) }),
  refuses: {
    ...guarded(bob, 'MAX_ADDRESS_ATTEMPTS'),
    identifier_taken: async (path, method) => {
      await asking({ body: ann })(path, method)
      return asking({ body: ann })(path, method)
    },
  },
}

const me: Cases = { succeeds: asSomebody(), refuses: refusalsOfSessions() }

const changeProfile: Cases = {
  succeeds: asSomebody(() => ({ body: { full_name: 'Ann', username: 'annie', locale: 'en' } })),
  refuses: {
    ...refusalsOfSessions({ full_name: 'Ann' }),
    address_unknown: asSomebody(() => ({ body: { username: 'annie' }, headers: nowhere })),
    too_many_attempts: asSomebody(async ({ access_token }) => {
      const bindings = envWith({ MAX_ACCOUNT_CHANGES: '1' })
      await workerClient(bindings).changeProfile(access_token, { full_name: 'Ann' })
      return { body: { full_name: 'Hannah' }, bindings }
    }),
    identifier_taken: asSomebody(async () => {
      const { email } = await somebody()
      const [username = ''] = email.split('@')
      await postJson('/auth/register', { email: 'carol@example.com', username, password: PASSWORD })
      return { body: { username } }
    }),
  },
}

const pendingWith = (body: object): Record<string, Case> => ({
  revocation_pending: asSomebody(() => ({ body, bindings: deafTo('advance', 'bury') })),
})
const leaving = { password: PASSWORD }
const changing = { current_password: PASSWORD, new_password: NEXT }

export const ACCOUNT_CASES: Record<string, Cases> = {
  'post /auth/register': register,
  'post /auth/signup': register,
  'post /register': register,
  'get /auth/me': me,
  'get /users/me': me,
  'patch /auth/me': changeProfile,
  'delete /auth/me': confirmed(() => leaving, pendingWith(leaving)),
  'post /auth/password/change': confirmed(() => changing, pendingWith(changing)),
}
