import type { LoggedEvent } from './events.ts'
import type { Mail } from './inbox.ts'
import { payloadOf } from './page-filter.ts'
import { escapeHtml as text } from './page-html.ts'

export function mailCard({ id, at, to, subject, text: words, html }: Mail): string {
  const reader = html === '' ? '' : `<details><summary>As the reader sees it</summary>${frame(id, subject)}</details>`
  const body = `${heading(subject, at)}<p>to ${text(to.join(', '))}</p><pre>${withCodes(words)}</pre>${reader}`
  return `<li data-id="${text(id)}">${body}</li>`
}

/** A mail's HTML stays in a frame without scripts, which is loaded when it is looked at. */
function frame(id: string, subject: string): string {
  const source = `/mail/${encodeURIComponent(id)}`
  return `<iframe sandbox="allow-popups" loading="lazy" title="${text(subject)}" src="${source}"></iframe>`
}

export function eventCard(event: LoggedEvent): string {
  const { at, topic, key, partition, offset, headers } = event
  const place = `<p>${text(topic)}, partition ${partition}, offset ${offset}</p>`
  const marks = headers.map((mark) => `<div><dt>${text(mark.key)}</dt><dd>${text(mark.value)}</dd></div>`).join('')
  const body = `${heading(key ?? '(no key)', at)}${place}${marks && `<dl>${marks}</dl>`}<pre>${text(restOf(event))}</pre>`
  return `<li data-id="${text(`${topic} ${partition} ${offset} ${at}`)}">${body}</li>`
}

/** The payload without what its headers say already. */
function restOf(event: LoggedEvent): string {
  const payload = payloadOf(event)
  if (Object.keys(payload).length === 0) return event.value
  const said = (name: string, value: unknown) =>
    event.headers.some((header) => header.key === name && header.value === String(value))
  const rest = Object.entries(payload).filter(([name, value]) => !said(name, value))
  return JSON.stringify(Object.fromEntries(rest), null, 2)
}

function heading(title: string, at: string): string {
  const time = new Date(at).toLocaleTimeString('en-GB')
  return `<header><h3>${text(title)}</h3><time datetime="${text(at)}">${time}</time></header>`
}

/** The digits that somebody has to type stand out. */
function withCodes(words: string): string {
  const parts = words.split(/(?<!\d)(\d{6,10})(?!\d)/)
  return parts.map((part, index) => (index % 2 === 1 ? `<mark>${part}</mark>` : text(part))).join('')
}
