import {
  asking,
  asSomebody,
  type Case,
  type Cases,
  nowhere,
  refusalsOfSessions,
  somebody,
  withoutPostgres,
} from './cases.ts'
import { deafTo, envWith, withForgeriesSpent } from './faulty-bindings.ts'
import { mailing } from './mailbox.ts'
import { bearer, PASSWORD, people, sessionsIn } from './people.ts'
import { sql } from './rows.ts'

/** Twice, where the somebody who is registered is. */
const loggingInWith = (password: string, bindings?: Env): Case =>
  asSomebody(
    ({ email }) => ({
      body: { username: email, password },
      headers: { authorization: '' },
      ...(bindings && { bindings }),
    }),
    2,
  )

const logIn: Cases = {
  succeeds: loggingInWith(PASSWORD),
  refuses: {
    invalid_credentials: loggingInWith('wrong'),
    too_many_attempts: loggingInWith('wrong', envWith({ MAX_LOGIN_ATTEMPTS: '1' })),
    session_limit_reached: loggingInWith(
      PASSWORD,
      envWith({ SESSION_LIMIT_POLICY: 'refuse', MAX_ACTIVE_SESSIONS: '1' }),
    ),
    unavailable: withoutPostgres(asking({ body: { username: 'ann', password: PASSWORD } })),
    address_unknown: asking({ body: { username: 'ann', password: PASSWORD }, headers: nowhere }),
    email_unverified: loggingInWith(PASSWORD, mailing({ EMAIL_VERIFICATION: 'after' })),
    account_disabled: asSomebody(async ({ email }) => {
      await sql()`update users set status = 'disabled', version = version + 1`
      return { body: { username: email, password: PASSWORD }, headers: { authorization: '' } }
    }),
  },
}

const FORGED = { refresh_token: 'A'.repeat(114) }
const byRefreshToken = (bindings?: Env, headers: Record<string, string> = {}): Case =>
  asSomebody(({ refresh_token }) => ({
    body: { refresh_token },
    headers: { authorization: '', ...headers },
    ...(bindings && { bindings }),
  }))

const refresh: Cases = {
  succeeds: byRefreshToken(),
  refuses: {
    invalid_refresh_token: asking({ body: FORGED }),
    too_many_attempts: asking({ body: FORGED, bindings: withForgeriesSpent() }),
    address_unknown: byRefreshToken(undefined, nowhere),
    unavailable: byRefreshToken(deafTo()),
  },
}

const logOut: Cases = {
  succeeds: asSomebody(),
  refuses: {
    invalid_access_token: asking({ headers: bearer('abc') }),
    invalid_refresh_token: asking({ body: FORGED }),
    too_many_attempts: asking({ body: FORGED, bindings: withForgeriesSpent() }),
    unavailable: byRefreshToken(deafTo()),
  },
}

const ownSessions: Cases = { succeeds: asSomebody(), refuses: refusalsOfSessions() }

const endOneSession: Cases = {
  succeeds: async (path, method) => {
    const { email, address, access_token } = await somebody()
    await people.logIn({ username: email }, address)
    const other = (await sessionsIn(await people.list(access_token))).find(({ current }) => !current)
    return asking({ headers: bearer(access_token) })(path.replace('{id}', other?.id ?? ''), method)
  },
  refuses: { ...refusalsOfSessions(), session_not_found: asSomebody() },
}

export const SESSION_CASES: Record<string, Cases> = {
  'post /auth/login': logIn,
  'post /login': logIn,
  'post /auth/refresh': refresh,
  'post /auth/refresh_token': refresh,
  'post /refresh-token': refresh,
  'post /auth/logout': logOut,
  'post /logout': logOut,
  'get /auth/sessions': ownSessions,
  'delete /auth/sessions': ownSessions,
  'delete /auth/sessions/{id}': endOneSession,
}
