/** What a mail goes to: one address and nothing else. Whatever could begin a header or a second recipient makes it none. */
export const isOneAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@,;:<>"()[\]\\\p{C}]+@[^\s@,;:<>"()[\]\\\p{C}]+$/u.test(text)

/** `Name <address>`, or the address alone: what `MAIL_FROM` may be. */
export function isSender(text: string): boolean {
  const named = /^[^<>"\p{C}]*<([^<>]+)>$/u.exec(text)
  return isOneAddress(named?.[1] ?? text)
}

/** Where mail to this address ends up: many services deliver `ann+anything@` to Ann. Only caps go by it, never identity. */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@')
  const [name = ''] = address.slice(0, at).split('+')
  return `${name}${address.slice(at)}`
}

/** One line for a header: whatever would end it, or turn its direction, becomes a space. */
export const headerText = (text: string): string =>
  text
    .replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 150)
