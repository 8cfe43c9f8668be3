import { type App, endpoint } from '../../http/endpoint.ts'
import { invalidAccessToken } from '../../http/failures.ts'
import { invalidCode } from '../codes/failures.ts'
import { ACCEPTED, Accepted } from '../codes/fields.ts'
import { GUARDED } from '../guard/with-budget.ts'
import { CONFIRMED } from '../passwords/confirm-password.ts'
import { Registered } from '../registration/wire.ts'
import { accessOf } from '../sessions/access.ts'
import { identifierTaken, revocationPending } from '../users/failures.ts'
import { changeEmail } from './change-email.ts'
import { confirmEmail } from './confirm-email.ts'
import { sendCode } from './send-code.ts'
import { stopEmailChange } from './stop-email-change.ts'
import { stopPage } from './stop-page.ts'
import { ChangeEmailRequest, SendCodeRequest, StopRequest, VerifyRequest } from './wire.ts'

export function email(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/email/send-code'],
      tag: 'Code',
      summary: 'Ask for another code to confirm an address',
      description: 'The answer is the same for every address. A newer code makes the older one useless.',
      body: SendCodeRequest,
      answer: { status: 202, description: 'If something waits for a code, it gets a mail.', schema: Accepted },
      errors: GUARDED,
    },
    async (c, input) => {
      await sendCode(c.get('deps'), input)
      return c.json(ACCEPTED, 202)
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/email/verify'],
      tag: 'Code',
      summary: 'Confirm an address; with an access token, a changed one',
      description:
        'Redeems the digits of a registration, of an account that waits for its confirmation, or of a change of address.',
      body: VerifyRequest,
      answer: { status: 200, description: 'The user whose address is confirmed.', schema: Registered },
      errors: [...GUARDED, invalidCode, invalidAccessToken, identifierTaken, revocationPending],
      bearer: 'accepted',
    },
    async (c, input) => {
      const access = c.req.header('authorization') === undefined ? null : await accessOf(c)
      return c.json(await confirmEmail(c.get('deps'), input, access))
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/email/change'],
      tag: 'Code',
      summary: 'Ask to change the e-mail address',
      description: 'Digits go to the new address, and a link that stops the change to the old one.',
      body: ChangeEmailRequest,
      answer: { status: 202, description: 'A code is on its way to the new address.', schema: Accepted },
      errors: CONFIRMED.filter((failure) => failure !== revocationPending),
      bearer: 'demanded',
    },
    async (c, input) => {
      await changeEmail(c.get('deps'), await accessOf(c), input)
      return c.json(ACCEPTED, 202)
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/email/stop'],
      tag: 'Code',
      summary: 'Stop or undo a change of the e-mail address',
      description: 'For the holder of the old address, with the token of the link that was mailed there.',
      body: StopRequest,
      answer: { status: 204, description: 'The old address is back; sessions and password are void.' },
      errors: [...GUARDED, invalidCode, revocationPending],
    },
    async (c, { token }) => {
      await stopEmailChange(c.get('deps'), token)
      return c.body(null, 204)
    },
  )

  stopPage(app)
}
