const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

/** What a mail is made of, before it is text or HTML. */
export type Part =
  | { kind: 'paragraph'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'link'; label: string; href: string }

const STYLES = {
  body: 'margin:0;padding:24px;background:#f4f4f2;color:#1c1c1a;font:16px/1.5 system-ui,sans-serif',
  box: 'max-width:32rem;margin:0 auto;padding:24px;background:#fff;border-radius:8px',
  code: 'margin:24px 0;font:600 28px/1.2 ui-monospace,monospace;letter-spacing:.2em',
  link: 'display:inline-block;padding:10px 18px;background:#1c1c1a;color:#fff;border-radius:6px;text-decoration:none',
  footer: 'max-width:32rem;margin:16px auto 0;color:#6b6b66;font-size:13px',
}

const HTML: { [Kind in Part['kind']]: (part: Extract<Part, { kind: Kind }>) => string } = {
  paragraph: ({ text }) => `<p>${escaped(text)}</p>`,
  code: ({ text }) => `<p style="${STYLES.code}">${escaped(text)}</p>`,
  link: ({ label, href }) => `<p><a href="${escaped(href)}" style="${STYLES.link}">${escaped(label)}</a></p>`,
}

const TEXT: { [Kind in Part['kind']]: (part: Extract<Part, { kind: Kind }>) => string } = {
  paragraph: ({ text }) => text,
  code: ({ text }) => `    ${text}`,
  link: ({ label, href }) => `${label}:\n${href}`,
}

type Mail = { language: string; subject: string; parts: readonly Part[]; footer: string }

/** No image, no script, nothing that is loaded: opening the mail tells nobody. */
export const asHtml = ({ language, subject, parts, footer }: Mail): string =>
  [
    '<!doctype html>',
    `<html lang="${escaped(language)}">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(subject)}</title></head>`,
    `<body style="${STYLES.body}">`,
    `<div style="${STYLES.box}">`,
    ...parts.map(htmlOf),
    '</div>',
    `<p style="${STYLES.footer}">${escaped(footer)}</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')

export const asText = ({ parts, footer }: Mail): string => `${[...parts.map(textOf), '-- ', footer].join('\n\n')}\n`

const htmlOf = <Kind extends Part['kind']>(part: Extract<Part, { kind: Kind }>): string => HTML[part.kind as Kind](part)
const textOf = <Kind extends Part['kind']>(part: Extract<Part, { kind: Kind }>): string => TEXT[part.kind as Kind](part)
