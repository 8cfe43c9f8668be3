/** The sink of mails; events name it, and secrets are sealed for it. */
export const MAIL = 'mail'
/** The sink of mails with a secret. Rows of one user and one sink wait for each other, and a code must not wait for notices. */
export const MAIL_SECRET = 'mail:secret'
export const MAIL_LINES = [MAIL_SECRET, MAIL] as const

/** The sink of a row: the one that the event names, or the line for secrets. */
export const lineOf = (sink: string, { sealed }: { sealed?: string }): string =>
  sink === MAIL && sealed !== undefined ? MAIL_SECRET : sink
