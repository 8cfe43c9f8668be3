import { html } from 'hono/html'

/** What a mail is made of, before it is text or HTML. */
export type Part =
  | { kind: 'paragraph'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'link'; label: string; href: string }

type Html = ReturnType<typeof html>

const STYLES = {
  body: 'margin:0;padding:24px;background:#f4f4f2;color:#1c1c1a;font:16px/1.5 system-ui,sans-serif',
  box: 'max-width:32rem;margin:0 auto;padding:24px;background:#fff;border-radius:8px',
  code: 'margin:24px 0;font:600 28px/1.2 ui-monospace,monospace;letter-spacing:.2em',
  link: 'display:inline-block;padding:10px 18px;background:#1c1c1a;color:#fff;border-radius:6px;text-decoration:none',
  footer: 'max-width:32rem;margin:16px auto 0;color:#6b6b66;font-size:13px',
}

const HTML: { [Kind in Part['kind']]: (part: Extract<Part, { kind: Kind }>) => Html } = {
  paragraph: ({ text }) => html`<p>${text}</p>\n`,
  code: ({ text }) => html`<p style="${STYLES.code}">${text}</p>\n`,
  link: ({ label, href }) => html`<p><a href="${href}" style="${STYLES.link}">${label}</a></p>\n`,
}

const TEXT: { [Kind in Part['kind']]: (part: Extract<Part, { kind: Kind }>) => string } = {
  paragraph: ({ text }) => text,
  code: ({ text }) => `    ${text}`,
  link: ({ label, href }) => `${label}:\n${href}`,
}

type Mail = { language: string; subject: string; parts: readonly Part[]; footer: string }

/** No image, no script, nothing that is loaded: opening the mail tells nobody. */
export const asHtml = ({ language, subject, parts, footer }: Mail): string =>
  html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${subject}</title></head>
<body style="${STYLES.body}">
<div style="${STYLES.box}">
${parts.map(htmlOf)}</div>
<p style="${STYLES.footer}">${footer}</p>
</body>
</html>
`.toString()

export const asText = ({ parts, footer }: Mail): string => `${[...parts.map(textOf), '-- ', footer].join('\n\n')}\n`

const htmlOf = <Kind extends Part['kind']>(part: Extract<Part, { kind: Kind }>): Html => HTML[part.kind as Kind](part)
const textOf = <Kind extends Part['kind']>(part: Extract<Part, { kind: Kind }>): string => TEXT[part.kind as Kind](part)
