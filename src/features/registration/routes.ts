import { type App, endpoint } from '../../http/endpoint.ts'
import { GUARDED } from '../guard/with-budget.ts'
import { identifierTaken } from '../users/failures.ts'
import { register } from './register.ts'
import { Registered, RegisterRequest, RegistrationPending } from './wire.ts'

export function registrations(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/register', '/auth/signup', '/register'],
      tag: 'Account',
      summary: 'Register',
      description:
        'An account for an e-mail address, a username, or both. It answers no tokens: log in next. The same address within a moment is 409.',
      body: RegisterRequest,
      answer: { status: 201, description: 'The new user.', schema: Registered },
      otherwise: {
        status: 202,
        description: 'A code was mailed, and there is a user as soon as it comes back (EMAIL_VERIFICATION=before).',
        schema: RegistrationPending,
      },
      errors: [...GUARDED, identifierTaken],
    },
    async (c, input) => {
      const answer = await register(c.get('deps'), input)
      return answer.done ? c.json(answer.registered, 201) : c.json(answer.pending, 202)
    },
  )
}
