/**
 * A failure that a caller can see. Nothing else is ever sent: no exception's message, no input value, no unknown key. `detail` is a
 * sentence, because clients of the services before this one show it to people.
 */
export type Failure<Code extends string = string> = Readonly<{
  /** The stable name for programs. */
  code: Code
  status: number
  title: string
  detail: string
  /** What RFC 9110 §11.6.1 asks of a 401 that a token in the Authorization header would have prevented. */
  challenge?: string
  /** What it says about the secret that was tried. A failure without it says nothing, so the attempt is given back. */
  guess?: 'right' | 'wrong'
}>

export const failure = <const Code extends string>(code: Code, words: Omit<Failure, 'code'>): Failure<Code> => ({
  code,
  ...words,
})

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

/** The failure goes out, the reason goes to the log. */
export class AuthError extends Error {
  readonly failure: Failure
  readonly reason: string | undefined
  readonly fields: FieldProblem[] | undefined
  readonly down: string[] | undefined
  readonly retryAfter: number | undefined
  readonly inconclusive: boolean

  constructor(failure: Failure, { reason, fields, down, retryAfter, inconclusive = false, cause }: Particulars = {}) {
    super(failure.detail, { cause })
    this.failure = failure
    this.reason = reason
    this.fields = fields
    this.down = down
    this.retryAfter = retryAfter
    this.inconclusive = inconclusive
  }

  get code(): string {
    return this.failure.code
  }
}
