import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EventLog, LoggedEvent } from './events.ts'
import { answerText, type Handler, type Reply } from './http.ts'
import type { Inbox, Mail } from './inbox.ts'
import { eventCard, mailCard } from './page-cards.ts'
import { ANY_MAIL, eventsFor, type Filter, filterFrom, mailsFor } from './page-filter.ts'
import { escapeHtml, fill } from './page-html.ts'

const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

// A mail may style itself and nothing else: no script, no request, an origin of its own.
const mailPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups"

/** `GET /`: mail and events, of one address or kind where the query says so, and kept up to date by a script. */
export function pageRoutes(inbox: Inbox, events: EventLog): Record<string, { handle: Handler }> {
  const template = fileOf('index.html')
  return {
    'GET /': {
      handle: ({ query }) => page(filledPage(template, filterFrom(query), inbox, events), HTML, pagePolicy),
    },
    'GET /page.js': asset('page.js', 'text/javascript; charset=utf-8'),
    'GET /page.css': asset('page.css', 'text/css; charset=utf-8'),
    'GET /mail/*': { handle: ({ path }) => mailAsPage(inbox, path.slice('/mail/'.length)) },
  }
}

function filledPage(template: string, filter: Filter, inbox: Inbox, log: EventLog): string {
  const [mails, events] = [inbox.mails(), log.events()]
  const isFiltered = filter.address !== '' || filter.kind !== ''
  const none = (what: string) => (isFiltered ? `No ${what} fits.` : `No ${what} yet.`)
  return fill(template, {
    address: escapeHtml(filter.address),
    kinds: options(filter.kind, mails, events),
    everything: isFiltered ? '<a href="/">Show everything</a>' : '',
    mail: list(mailsFor(filter, mails), mailCard, none('mail')),
    events: list(eventsFor(filter, events), eventCard, none('event')),
  })
}

const mostCards = 200

function list<Item>(items: Item[], card: (item: Item) => string, none: string): string {
  if (items.length === 0) return `<p class="empty">${none}</p>`
  const newest = items.slice(-mostCards).reverse()
  const more = newest.length < items.length ? `<p class="empty">The newest ${mostCards} of ${items.length}.</p>` : ''
  return `<ol>${newest.map(card).join('')}</ol>${more}`
}

/** What has come so far, and what is chosen, which may have been forgotten since. */
function options(chosen: string, mails: Mail[], events: LoggedEvent[]): string {
  const subjects = new Set(mails.map(({ subject }) => subject))
  const keys = new Set(events.flatMap(({ key }) => key ?? []))
  const known = ['', ANY_MAIL, ...subjects, ...keys]
  const option = (value: string, label = value) =>
    `<option value="${escapeHtml(value)}"${value === chosen ? ' selected' : ''}>${escapeHtml(label)}</option>`
  const group = (label: string, inner: string[]) => `<optgroup label="${label}">${inner.join('')}</optgroup>`
  return [
    option('', 'everything'),
    ...(known.includes(chosen) ? [] : [option(chosen)]),
    group('Mail', [option(ANY_MAIL, 'all mail'), ...[...subjects].sort().map((subject) => option(subject))]),
    group(
      'Events',
      [...keys].sort().map((key) => option(key)),
    ),
  ].join('')
}

const HTML = 'text/html; charset=utf-8'

function fileOf(name: string): string {
  return readFileSync(join(import.meta.dirname, 'page', name), 'utf8')
}

function asset(name: string, type: string): { handle: Handler } {
  const body = fileOf(name)
  return { handle: () => page(body, type, pagePolicy) }
}

function mailAsPage(inbox: Inbox, id: string): Reply {
  const mail = inbox.find(id)
  if (mail === undefined) return answerText(404, 'There is no such mail.')
  return page(mail.html, HTML, mailPolicy)
}

function page(body: string, type: string, policy: string): Reply {
  const headers = { 'content-type': type, 'content-security-policy': policy, 'referrer-policy': 'no-referrer' }
  return { status: 200, headers, body }
}
