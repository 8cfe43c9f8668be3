import type { App } from '../../compose/app.ts'
import { endpoint } from '../../http/endpoint.ts'
import { accessOf, CONFIRMED, GUARDED } from '../account/routes.ts'
import { Registered } from '../account/wire.ts'
import {
  Accepted,
  ChangeEmailRequest,
  ForgotRequest,
  ResetRequest,
  SendCodeRequest,
  StopRequest,
  VerifyRequest,
} from '../codes/wire.ts'
import { forgot } from '../recovery/forgot.ts'
import { reset } from '../recovery/reset.ts'
import { changeEmail } from './change-email.ts'
import { sendCode } from './send-code.ts'
import { stopEmailChange } from './stop-email-change.ts'
import { stopPage } from './stop-page.ts'
import { verify } from './verify.ts'

const ACCEPTED = { status: 'accepted' } as const

export function mailedCodes(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/password/forgot'],
      tag: 'Code',
      summary: 'Ask for a new password',
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
      body: ResetRequest,
      answer: { status: 204, description: 'Changed. Every session has ended.' },
      errors: [...GUARDED, 'invalid_code', 'revocation_pending'],
    },
    async (c, input) => {
      await reset(c.get('deps'), input)
      return c.body(null, 204)
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/email/send-code'],
      tag: 'Code',
      summary: 'Ask for another code to confirm an address',
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
      body: VerifyRequest,
      answer: { status: 200, description: 'The user whose address is confirmed.', schema: Registered },
      errors: [...GUARDED, 'invalid_code', 'invalid_access_token', 'identifier_taken', 'revocation_pending'],
      bearer: 'accepted',
    },
    async (c, input) => {
      const access = c.req.header('authorization') === undefined ? null : await accessOf(c)
      return c.json(await verify(c.get('deps'), input, access))
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/email/change'],
      tag: 'Code',
      summary: 'Ask to change the e-mail address',
      body: ChangeEmailRequest,
      answer: { status: 202, description: 'A code is on its way to the new address.', schema: Accepted },
      errors: CONFIRMED.filter((code) => code !== 'revocation_pending'),
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
      body: StopRequest,
      answer: { status: 204, description: 'The old address is back; sessions and password are void.' },
      errors: [...GUARDED, 'invalid_code', 'revocation_pending'],
    },
    async (c, { token }) => {
      await stopEmailChange(c.get('deps'), token)
      return c.body(null, 204)
    },
  )

  stopPage(app)
}
