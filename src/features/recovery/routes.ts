import { type App, endpoint } from '../../http/endpoint.ts'
import { invalidCode } from '../codes/failures.ts'
import { ACCEPTED, Accepted } from '../codes/fields.ts'
import { GUARDED } from '../guard/with-budget.ts'
import { revocationPending } from '../users/failures.ts'
import { forgot } from './forgot.ts'
import { reset } from './reset.ts'
import { ForgotRequest, ResetRequest } from './wire.ts'

export function recovery(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/password/forgot'],
      tag: 'Code',
      summary: 'Ask for a new password',
      description: 'The answer is the same for every address, and takes the same time.',
      body: ForgotRequest,
      answer: { status: 202, description: 'If there is such an account, it gets a mail.', schema: Accepted },
      errors: GUARDED,
    },
    async (c, { email }) => {
      await forgot(c.get('deps'), email)
      return c.json(ACCEPTED, 202)
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/password/reset'],
      tag: 'Code',
      summary: 'Choose a new password with what was mailed',
      description: 'Either the digits with the address, or the token of the link.',
      body: ResetRequest,
      answer: { status: 204, description: 'Changed. Every session has ended.' },
      errors: [...GUARDED, invalidCode, revocationPending],
    },
    async (c, input) => {
      await reset(c.get('deps'), input)
      return c.body(null, 204)
    },
  )
}
