import { randomUUID } from 'node:crypto'
import { answerJson, type Handler, type Reply, type Request } from './http.ts'

export type Mail = { id: string; at: string; from: string; to: string[]; subject: string; text: string; html: string }

export type Inbox = {
  receive: Handler
  receiveBatch: Handler
  list: Handler
  find(id: string): Mail | undefined
  mails(to?: string): Mail[]
  clear(): void
}

// Kept in memory alone: a mail to read here is a minute old, and the next start begins with an empty box.
const mostMails = 1000
const mostKeys = 10_000
const mostInABatch = 100

/** `POST /emails` and `POST /emails/batch` as Resend answers them, and `GET /mail.json` to read what came. */
export function openInbox(now: () => Date = () => new Date()): Inbox {
  let mails: Mail[] = []
  const seen = new Map<string, { answer: unknown; body: string }>()

  const mailsTo = (to?: string) => (to === undefined ? mails : mails.filter((mail) => mail.to.some(isAddress(to))))
  const keep = (mail: Mail) => {
    mails = [...mails, mail].slice(-mostMails)
    return { id: mail.id }
  }

  /** A key stands for one body: the same body gets the same answer again, and another one is refused. */
  const once =
    (take: (request: Request) => Reply): Handler =>
    (request) => {
      if (!/^Bearer \S+$/i.test(request.header('authorization') ?? ''))
        return refuse(401, 'missing_api_key', 'Missing API key in the authorization header.')
      const key = request.header('idempotency-key')
      if (key !== undefined && (key.length < 1 || key.length > 256))
        return refuse(400, 'invalid_idempotency_key', 'The idempotency key must have between 1 and 256 characters.')
      const body = JSON.stringify(request.json)
      const before = key === undefined ? undefined : seen.get(key)
      if (before !== undefined && before.body !== body)
        return refuse(409, 'invalid_idempotent_request', 'This idempotency key was used with another body.')
      if (before !== undefined) return answerJson(200, before.answer)
      const reply = take(request)
      if (reply.status === 200 && key !== undefined) seen.set(key, { answer: JSON.parse(reply.body), body })
      for (const oldest of seen.keys()) if (seen.size > mostKeys) seen.delete(oldest)
      return reply
    }

  return {
    find: (id) => mails.find((mail) => mail.id === id),
    mails: mailsTo,
    clear: () => {
      mails = []
      seen.clear()
    },
    list: ({ query }) => answerJson(200, mailsTo(query.get('to') ?? undefined)),
    receive: once(({ json }) => {
      const mail = mailFrom(json, now())
      return typeof mail === 'string' ? refuse(422, 'validation_error', mail) : answerJson(200, keep(mail))
    }),
    receiveBatch: once(({ json, header }) => {
      if (!Array.isArray(json) || json.length === 0 || json.length > mostInABatch)
        return refuse(422, 'validation_error', 'A batch must be an array of 1 to 100 mails.')
      const permissive = header('x-batch-validation') === 'permissive'
      const made = json.map((one) => mailFrom(one, now()))
      const errors = made.flatMap((one, index) => (typeof one === 'string' ? [{ index, message: one }] : []))
      const [first] = errors
      if (first && !permissive) return refuse(422, 'validation_error', first.message)
      const data = made.flatMap((one) => (typeof one === 'string' ? [] : [keep(one)]))
      return answerJson(200, permissive ? { data, errors } : { data })
    }),
  }
}

function refuse(statusCode: number, name: string, message: string) {
  return answerJson(statusCode, { statusCode, name, message })
}

function mailFrom(body: unknown, at: Date): Mail | string {
  if (typeof body !== 'object' || body === null) return 'The body must be an object.'
  const { from, to, subject, text = '', html = '' } = body as Record<string, unknown>
  const recipients = Array.isArray(to) ? to : [to]
  if (typeof from !== 'string' || !isMailbox(from)) return 'Invalid `from` field.'
  if (recipients.length < 1 || recipients.length > 50 || !recipients.every(isMailbox)) return 'Invalid `to` field.'
  if (typeof subject !== 'string' || subject === '') return 'Missing `subject` field.'
  if (typeof text !== 'string' || typeof html !== 'string') return 'Invalid `text` or `html` field.'
  if (text === '' && html === '') return 'Missing `html` or `text` field.'
  return { id: randomUUID(), at: at.toISOString(), from, to: recipients, subject, text, html }
}

// An address, bare or as `Name <address>`; a second one, or a line break that would begin a header, is refused.
function isMailbox(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[^<>\r\n]*<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/.test(value)
}

function isAddress(wanted: string) {
  return (mailbox: string) => bare(mailbox) === bare(wanted)
}

function bare(mailbox: string): string {
  return (/<([^<>]+)>$/.exec(mailbox)?.[1] ?? mailbox).toLowerCase()
}
