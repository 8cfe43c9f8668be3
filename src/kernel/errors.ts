/** `challenge` is what RFC 9110 §11.6.1 asks of a 401 that a token in the Authorization header would have prevented. */
export type Failure = { status: number; title: string; detail: string; challenge?: string }

/**
 * Every failure that a caller can see. Nothing else is ever sent: no exception's message, no input value, no unknown key.
 * `detail` is a sentence, because clients of the services before this one show it to people.
 */
export const ERRORS = {
  malformed_json: { status: 400, title: 'Malformed body', detail: 'The body is not valid JSON.' },
  malformed_form: { status: 400, title: 'Malformed body', detail: 'The body is not a valid form.' },
  incomplete_body: { status: 400, title: 'Incomplete body', detail: 'The body broke off before its end.' },
  repeated_key: { status: 400, title: 'Malformed body', detail: 'The body names the same field twice.' },
  forbidden_key: { status: 400, title: 'Malformed body', detail: 'The body names a field that is never accepted.' },
  nested_too_deep: { status: 400, title: 'Malformed body', detail: 'The body is nested too deeply.' },
  invalid_code: {
    status: 400,
    title: 'Invalid code',
    detail: 'The code or the link is wrong, has expired, or was used or tried too often. Ask for a new one.',
  },
  invalid_credentials: { status: 401, title: 'Not logged in', detail: 'The username or the password is wrong.' },
  access_token_missing: {
    status: 401,
    title: 'Not logged in',
    detail: 'Send an access token in the Authorization header.',
    challenge: 'Bearer',
  },
  invalid_access_token: {
    status: 401,
    title: 'Not logged in',
    detail: 'The access token is not valid, has expired, or its session has ended.',
    challenge: 'Bearer error="invalid_token"',
  },
  invalid_refresh_token: {
    status: 401,
    title: 'Not logged in',
    detail: 'The refresh token is not valid, has expired, or its session has ended.',
  },
  account_disabled: { status: 403, title: 'Account disabled', detail: 'This account has been disabled.' },
  email_unverified: {
    status: 403,
    title: 'E-mail address not confirmed',
    detail: 'Confirm your e-mail address first, with the code that was mailed to it.',
  },
  wrong_password: { status: 403, title: 'Wrong password', detail: 'The password is wrong.' },
  address_unknown: {
    status: 403,
    title: 'Address unknown',
    detail: 'The service cannot tell where this request comes from, so it does not accept it.',
  },
  foreign_origin: { status: 403, title: 'Foreign origin', detail: 'This request may not come from another website.' },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', detail: 'This address does not answer that method.' },
  user_not_found: { status: 404, title: 'No such user', detail: 'There is no user with this id.' },
  session_not_found: { status: 404, title: 'No such session', detail: 'You have no session with this id.' },
  identifier_taken: {
    status: 409,
    title: 'Already taken',
    detail: 'This username or e-mail address is already taken.',
  },
  session_limit_reached: {
    status: 409,
    title: 'Too many sessions',
    detail: 'This account is logged in as often as it may be. Log out somewhere else first.',
  },
  body_too_large: { status: 413, title: 'Body too large', detail: 'The body is larger than this service accepts.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json or application/x-www-form-urlencoded.',
  },
  invalid_body: { status: 422, title: 'Invalid body', detail: 'Some fields are missing or not acceptable.' },
  too_many_attempts: {
    status: 429,
    title: 'Too many attempts',
    detail: 'Too many attempts. Please wait before you try again.',
  },
  internal_error: { status: 500, title: 'Internal error', detail: 'Something went wrong here. It has been recorded.' },
  not_ready: { status: 503, title: 'Not ready', detail: 'Something that this service needs does not answer.' },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The service cannot answer this right now. Please try again shortly.',
  },
  revocation_pending: {
    status: 503,
    title: 'Not finished yet',
    detail: 'The change is made, but ending the other sessions could not be confirmed. Please send the request again.',
  },
  misconfigured: {
    status: 503,
    title: 'Not configured',
    detail: 'The service is not configured correctly. Its operator can find the reason in the log.',
  },
} as const satisfies Record<string, Failure>

export type ErrorCode = keyof typeof ERRORS

/** One refused field. Messages are our own texts and never repeat what was sent. */
export type FieldProblem = { path: string; message: string }

type Particulars = {
  reason?: string | undefined
  fields?: FieldProblem[] | undefined
  /** Names of our own parts, never of hosts. */
  down?: string[] | undefined
  retryAfter?: number | undefined
  /** The answer says nothing about the guess, such as where the user changed meanwhile. So the guess does not count. */
  inconclusive?: boolean
  cause?: unknown
}

/** The code goes out, the reason goes to the log. */
export class AuthError extends Error {
  readonly code: ErrorCode
  readonly reason: string | undefined
  readonly fields: FieldProblem[] | undefined
  readonly down: string[] | undefined
  readonly retryAfter: number | undefined
  readonly inconclusive: boolean

  constructor(code: ErrorCode, { reason, fields, down, retryAfter, inconclusive = false, cause }: Particulars = {}) {
    super(ERRORS[code].detail, { cause })
    this.code = code
    this.reason = reason
    this.fields = fields
    this.down = down
    this.retryAfter = retryAfter
    this.inconclusive = inconclusive
  }
}
