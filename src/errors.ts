/**
 * Every failure that a caller can see. Nothing else is ever sent: no exception's message, no input value, no unknown key.
 * `detail` is a sentence, because clients of the services before this one show it to people.
 */
export const ERRORS = {
  malformed_json: { status: 400, title: 'Malformed body', detail: 'The body is not valid JSON.' },
  malformed_form: { status: 400, title: 'Malformed body', detail: 'The body is not a valid form.' },
  repeated_key: { status: 400, title: 'Malformed body', detail: 'The body names the same field twice.' },
  forbidden_key: { status: 400, title: 'Malformed body', detail: 'The body names a field that is never accepted.' },
  nested_too_deep: { status: 400, title: 'Malformed body', detail: 'The body is nested too deeply.' },
  foreign_origin: { status: 403, title: 'Foreign origin', detail: 'This request may not come from another website.' },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, title: 'Method not allowed', detail: 'This address does not answer that method.' },
  identifier_taken: {
    status: 409,
    title: 'Already taken',
    detail: 'This username or e-mail address is already taken.',
  },
  body_too_large: { status: 413, title: 'Body too large', detail: 'The body is larger than this service accepts.' },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json or application/x-www-form-urlencoded.',
  },
  invalid_body: { status: 422, title: 'Invalid body', detail: 'Some fields are missing or not acceptable.' },
  internal_error: { status: 500, title: 'Internal error', detail: 'Something went wrong here. It has been recorded.' },
  not_ready: { status: 503, title: 'Not ready', detail: 'Something that this service needs does not answer.' },
  unavailable: {
    status: 503,
    title: 'Temporarily unavailable',
    detail: 'The service cannot answer this right now. Please try again shortly.',
  },
  misconfigured: {
    status: 503,
    title: 'Not configured',
    detail: 'The service is not configured correctly. Its operator can find the reason in the log.',
  },
} as const

export type ErrorCode = keyof typeof ERRORS

/** One refused field. Messages are our own texts and never repeat what was sent. */
export type FieldProblem = { path: string; message: string }

type Particulars = {
  reason?: string | undefined
  fields?: FieldProblem[] | undefined
  /** Names of our own parts, never of hosts. */
  down?: string[] | undefined
  retryAfter?: number | undefined
  cause?: unknown
}

/** The code goes out, the reason goes to the log. */
export class AuthError extends Error {
  readonly code: ErrorCode
  readonly reason: string | undefined
  readonly fields: FieldProblem[] | undefined
  readonly down: string[] | undefined
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, { reason, fields, down, retryAfter, cause }: Particulars = {}) {
    super(ERRORS[code].detail, { cause })
    this.code = code
    this.reason = reason
    this.fields = fields
    this.down = down
    this.retryAfter = retryAfter
  }
}
