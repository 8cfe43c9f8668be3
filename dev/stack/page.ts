import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerText, type Handler, type Reply } from './http.ts'
import type { Inbox } from './inbox.ts'

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

// A mail may style itself and nothing else: no script, no request, an origin of its own.
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups"

/** `GET /`: mail and events as they come, with the digits in a mail easy to see. */
export function pageRoutes(inbox: Inbox): Record<string, { handle: Handler }> {
  return {
    'GET /': file('index.html', 'text/html; charset=utf-8'),
    'GET /page.js': file('page.js', 'text/javascript; charset=utf-8'),
    'GET /page.css': file('page.css', 'text/css; charset=utf-8'),
    'GET /mail/*': { handle: ({ path }) => mailAsPage(inbox, path.slice('/mail/'.length)) },
  }
}

function file(name: string, type: string): { handle: Handler } {
  const body = readFileSync(join(import.meta.dirname, 'page', name), 'utf8')
  return { handle: () => page(body, type, pagePolicy) }
}

function mailAsPage(inbox: Inbox, id: string): Reply {
  const mail = inbox.find(id)
  if (mail === undefined) return answerText(404, 'There is no such mail.')
  return page(mail.html, 'text/html; charset=utf-8', mailPolicy)
}

function page(body: string, type: string, policy: string): Reply {
  const headers = { 'content-type': type, 'content-security-policy': policy, 'referrer-policy': 'no-referrer' }
  return { status: 200, headers, body }
}
