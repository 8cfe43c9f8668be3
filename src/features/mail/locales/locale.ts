import type { TemplateName, ValuesOf } from '../templates.ts'

/** What a mail says: paragraphs before the code, the label of its link, and paragraphs after it. All of it is plain text. */
export type Wording = { subject: string; before: string[]; link?: string; after?: string[] }

/** `app` is what the service is called; `linked` tells whether the mail carries a link; `date` writes a moment out. */
export type Said = { app: string; linked: boolean; date: (iso: string) => string }

export type Locale = {
  language: string
  footer: (app: string) => string
  mails: { [Name in TemplateName]: (values: ValuesOf<Name>, said: Said) => Wording }
}
