import { type App, endpoint } from '../../http/endpoint.ts'
import { unavailable } from '../../kernel/failures.ts'
import { addressUnknown, tooManyAttempts } from '../guard/failures.ts'
import { answerTokens } from '../sessions/answer-tokens.ts'
import { deviceCookie } from '../sessions/cookies.ts'
import { Tokens } from '../sessions/wire.ts'
import { accountDisabled, emailUnverified, invalidCredentials, sessionLimitReached } from './failures.ts'
import { logIn } from './log-in.ts'
import { LogInRequest } from './wire.ts'

/** The path that a backend for a frontend knows: what logs in there travels in the cookie. */
const COOKIE_LOG_IN = '/login'

export function logIns(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/login', COOKIE_LOG_IN],
      tag: 'Session',
      summary: 'Log in',
      description:
        'A session, and its first pair of tokens. With `transport: cookie`, or at `/login`, the refresh token travels in a cookie. Send the `device_token` of an earlier log-in: it keeps strangers who guess from locking this device out.',
      body: LogInRequest,
      answer: { status: 200, description: 'The tokens of a new session.', schema: Tokens },
      errors: [
        invalidCredentials,
        accountDisabled,
        emailUnverified,
        addressUnknown,
        sessionLimitReached,
        tooManyAttempts,
        unavailable,
      ],
      cookies: true,
    },
    async (c, { identifier, password, transport, device_token }) => {
      const byCookie = transport === 'cookie' || c.get('route')?.path === COOKIE_LOG_IN
      const answer = await logIn(c.get('deps'), {
        identifier,
        password,
        deviceToken: device_token ?? deviceCookie(c),
        transport: byCookie ? 'cookie' : 'body',
      })
      return answerTokens(c, answer)
    },
  )
}
