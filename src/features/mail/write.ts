import { headerText } from '../../kernel/mail-address.ts'
import { asHtml, asText, type Part } from './html.ts'
import { localeFor } from './language.ts'
import type { Said, Wording } from './locales/locale.ts'
import { type Secret, TEMPLATES, type TemplateName } from './templates.ts'

export type MailContent = { template: TemplateName; locale: string | null; values: unknown; secret: Secret | null }
export type Written = { subject: string; text: string; html: string }

/** Null if the values do not fit the template, so that no incomplete mail is sent. */
export function write(content: MailContent, app: string): Written | null {
  const { template } = content
  const { values: shape, secret: hidden } = TEMPLATES[template]
  const values = shape().safeParse(content.values)
  const opened = hidden ? hidden().safeParse(content.secret ?? {}) : null
  if (!values.success || opened?.success === false) return null
  // A secret that the template does not use is left out: the statement chose between two mails, and the secret was for the other.
  const secret: Secret = opened?.data ?? {}
  const locale = localeFor(content.locale)
  const said: Said = { app, linked: secret.link !== undefined, date: (iso) => written(iso, locale.language) }
  const wording = (locale.mails[template] as (given: unknown, said: Said) => Wording)(values.data, said)
  const subject = headerText(wording.subject)
  const mail = { language: locale.language, subject, parts: partsOf(wording, secret), footer: locale.footer(app) }
  return { subject, text: asText(mail), html: asHtml(mail) }
}

function partsOf({ before, link: label, after = [] }: Wording, secret: Secret): Part[] {
  const paragraph = (text: string): Part => ({ kind: 'paragraph', text })
  return [
    ...before.map(paragraph),
    ...(secret.code ? [{ kind: 'code', text: secret.code } as const] : []),
    ...(secret.link && label ? [{ kind: 'link', label, href: secret.link } as const] : []),
    ...after.map(paragraph),
  ]
}

/** In UTC, since nobody knows where the mail is read. */
const written = (iso: string, language: string): string =>
  `${new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(iso))} UTC`
