import { describe, expect, it } from 'vitest'
import { LOCALES, languageOf } from '../../src/features/mail/language.ts'
import { TEMPLATES, type TemplateName } from '../../src/features/mail/templates.ts'
import { write } from '../../src/features/mail/write.ts'
import { headerText, isOneAddress, isSender, mailboxOf } from '../../src/kernel/mail-address.ts'
import { SAMPLES } from '../support/mail-samples.ts'

const NAMES = Object.keys(TEMPLATES) as TemplateName[]
const EVIL = `"><script src="https://evil.example/x.js"></script><img src='https://evil.example/y'>&\r\nBcc: eve@evil.example`

describe('one recipient (ASVS 1.3.11)', () => {
  it.each([
    'ann@example.com\r\nBcc: eve@evil.example',
    'ann@example.com\nfoo',
    'ann@example.com,eve@evil.example',
    'ann@example.com;eve@evil.example',
    'ann@example.com eve@evil.example',
    'ann@example.com\u2028eve@evil.example',
    'Ann <ann@example.com>',
    '"ann,eve"@example.com',
    'ann@@example.com',
    'ann',
    '@example.com',
    '',
    `${'a'.repeat(250)}@example.com`,
  ])('1.3.11 %j is none', (text) => {
    expect(isOneAddress(text)).toBe(false)
  })

  it.each(['ann@example.com', 'ann+tag@example.com', "o'neil@xn--bcher-kva.example"])('1.3.11 %s is one', (text) => {
    expect(isOneAddress(text)).toBe(true)
  })

  it('a sender may have a name, and one address', () => {
    expect(['Postern <a@b.example>', 'a@b.example', 'Ann, of Postern <a@b.example>'].every(isSender)).toBe(true)
    const none = [
      'Postern',
      'a@b.example, c@d.example',
      'A <a@b.example>, B <c@d.example>',
      'A\r\nBcc: x <a@b.example>',
    ]
    expect(none.filter(isSender)).toEqual([])
  })

  it('a mailbox is an address without what follows the +', () => {
    expect(['ann+x@example.com', 'ann+x+y@example.com', 'ann@example.com'].map(mailboxOf)).toEqual([
      'ann@example.com',
      'ann@example.com',
      'ann@example.com',
    ])
  })

  it('a subject is one line', () => {
    expect(headerText('a\r\nBcc: eve@evil.example\u2028b\u0000c\u202ed')).toBe('a Bcc: eve@evil.example b c d')
  })
})

describe('a language', () => {
  it.each([
    ['ru', 'ru'],
    ['ru-RU, en;q=0.5', 'ru'],
    ['en;q=0.5, ru;q=0.9', 'ru'],
    ['de, en;q=0.1', 'en'],
    ['ru;q=0, en', 'en'],
    ['de', null],
    ['', null],
    [null, null],
    ['constructor, __proto__', null],
    [';;;,,,q=1', null],
    [`${'ru;q=0.1,'.repeat(10_000)}`, 'ru'],
  ])('%j asks for %s', (header, language) => {
    expect(languageOf(header)).toBe(language)
  })

  it('every language has every mail', () => {
    for (const { mails } of Object.values(LOCALES)) expect(Object.keys(mails).toSorted()).toEqual(NAMES.toSorted())
  })
})

describe.each(Object.keys(LOCALES))('a mail in %s', (locale) => {
  it.each(NAMES)('%s loads nothing, runs nothing, and says in its text what it says in HTML', (template) => {
    const { values, secret } = SAMPLES[template]
    const mail = write({ template, locale, values, secret }, 'Postern')
    expect(mail?.subject).toMatch(/\S/)
    expect(mail?.html).not.toMatch(/<img|<script|<link|@import|url\(|background=|\son\w+=/i)
    expect(mail?.html.match(/https?:[^"<\s]+/g) ?? []).toEqual(secret?.link ? [secret.link] : [])
    if (secret?.code) for (const text of [mail?.text, mail?.html]) expect(text).toContain(secret.code)
    if (secret?.link) expect(mail?.text).toContain(`\n${secret.link}\n`)
    expect(mail?.text).not.toMatch(/undefined|null|\[object|NaN/)
  })

  it.each(NAMES)('%s escapes whatever it is given', (template) => {
    const { values, secret } = SAMPLES[template]
    const evil = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, name === 'device' ? EVIL : value]),
    )
    const mail = write({ template, locale, values: evil, secret: secret && { ...secret, code: EVIL } }, EVIL)
    expect(mail?.subject).not.toMatch(/[\r\n]/)
    expect(mail?.html).not.toMatch(/<script|<img|'https/)
  })

  it.each(NAMES)('%s is not written with half of what it needs', (template) => {
    const { values, secret } = SAMPLES[template]
    if (Object.keys(values).length > 0) expect(write({ template, locale, values: {}, secret }, 'Postern')).toBeNull()
    if (secret?.code) expect(write({ template, locale, values, secret: null }, 'Postern')).toBeNull()
  })
})
