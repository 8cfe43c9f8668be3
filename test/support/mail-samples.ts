import type { Secret, TemplateName, ValuesOf } from '../../src/features/mail/templates.ts'

const at = '2026-01-02T03:04:05.678Z'
const minutes = 10
const hours = 72
const code = '012345'
const TOKEN = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE'
const reset = `https://app.example.com/reset#token=${TOKEN}`
const stop = `https://auth.example.com/auth/email/stop#token=${TOKEN}`
const device = 'Firefox on Linux'

type Samples = { [Name in TemplateName]: { values: ValuesOf<Name>; secret: Secret | null } }

/** One of each mail, for golden files and for looking at. */
export const SAMPLES: Samples = {
  welcome: { values: {}, secret: null },
  verify_email: { values: { minutes }, secret: { code } },
  reset_password: { values: { minutes }, secret: { code, link: reset } },
  confirm_new_email: { values: { minutes }, secret: { code } },
  email_change_begun: { values: { hours }, secret: { link: stop } },
  email_changed: { values: { hours }, secret: { link: stop } },
  email_change_stopped: { values: {}, secret: null },
  address_taken: { values: {}, secret: null },
  password_changed: { values: { at }, secret: null },
  password_reset: { values: { at }, secret: null },
  new_device: { values: { at, device, country: 'NL' }, secret: null },
  session_evicted: { values: { at, device }, secret: null },
  account_deleted: { values: { at }, secret: null },
}
