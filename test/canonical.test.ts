import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  canonicalEmail,
  canonicalIdentifier,
  canonicalUsername,
  shownUsername,
} from '../src/features/users/canonical.ts'
import { isWellFormed } from '../src/http/fields.ts'

const formOf = (outcome: ReturnType<typeof canonicalEmail>) => (outcome.ok ? outcome.value : undefined)

const everyCodePoint = function* () {
  for (let code = 0; code <= 0x10ffff; code++) if (code < 0xd800 || code > 0xdfff) yield String.fromCodePoint(code)
}

describe('the canonical e-mail address', () => {
  it.each([
    ['is lower case', 'Ann.Smith@Example.COM', 'ann.smith@example.com'],
    ['keeps dots and tags', 'a.n.n+Tag@example.com', 'a.n.n+tag@example.com'],
    ['is trimmed', '  ann@example.com\u00a0', 'ann@example.com'],
    ['takes the Kelvin sign for K', '\u212a@example.com', 'k@example.com'],
    ['takes the Kelvin sign in a domain for K', 'a@\u212aing.example', 'a@king.example'],
    ['reads full width', '\uff41\uff4e\uff4e\uff20\uff45x.example', 'ann@ex.example'],
    ['reads the ideographic full stop', 'ann@b\u3002example', 'ann@b.example'],
    ['has its domain in ASCII', 'ann@bücher.example', 'ann@xn--bcher-kva.example'],
    ['has one form for composed and decomposed', 'ann@bu\u0308cher.example', 'ann@xn--bcher-kva.example'],
    ['has one form for every case of a domain', 'ann@BÜCHER.example', 'ann@xn--bcher-kva.example'],
    ['has one form for Unicode and Punycode', 'ann@XN--BCHER-KVA.Example', 'ann@xn--bcher-kva.example'],
    ['keeps ß in a domain, which is not ss', 'ann@straße.example', 'ann@xn--strae-oqa.example'],
    ['allows every atom of RFC 5321', "!#$%&'*+/=?^_`{|}~-@example.com", "!#$%&'*+/=?^_`{|}~-@example.com"],
    ['allows 64 before the @', `${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    ['allows digits in front', '1@2.example', '1@2.example'],
  ])('%s', (_, typed, canonical) => {
    expect(canonicalEmail(typed)).toEqual({ ok: true, value: canonical })
    expect(canonicalIdentifier(typed)).toEqual({ ok: true, value: canonical })
  })

  const longest = `${'a'.repeat(64)}@${'b'.repeat(61)}.${'c'.repeat(61)}.${'d'.repeat(61)}.ee`
  it('has at most 254 characters', () => {
    expect(longest).toHaveLength(253)
    expect(formOf(canonicalEmail(`${longest}e`))).toHaveLength(254)
    expect(canonicalEmail(`${longest}ee`).ok).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['no @', 'ann'],
    ['no local part', '@example.com'],
    ['no domain', 'ann@'],
    ['two @', 'ann@b@example.com'],
    ['a domain without a dot', 'a@b'],
    ['a trailing dot', 'ann@example.com.'],
    ['a leading dot in the domain', 'ann@.example.com'],
    ['two dots in the domain', 'ann@example..com'],
    ['a leading dot', '.ann@example.com'],
    ['a dot before the @', 'ann.@example.com'],
    ['two dots', 'a..nn@example.com'],
    ['a quoted local part', '"ann"@example.com'],
    ['a local part of 65', `${'a'.repeat(65)}@example.com`],
    ['a label of 64', `ann@${'a'.repeat(64)}.com`],
    ['a very long text', `ann@${'a.'.repeat(50_000)}com`],
    ['more white space than anybody types', `${' '.repeat(2_000)}ann@example.com`],
    ['a space', 'an n@example.com'],
    ['a space in the domain', 'ann@exam ple.com'],
    ['a comma', 'ann@example.com,bob@example.com'],
    ['a comma before the @', 'ann,bob@example.com'],
    ['a second address', 'ann@example.com bob'],
    ['angle brackets', 'Ann <ann@example.com>'],
    ['a carriage return and line feed', 'ann@example.com\r\nBcc: bob@example.com'],
    ['a line feed at the end', 'ann@example.com\n'],
    ['a line separator at the end', 'ann@example.com\u2028'],
    ['a tab in front', '\tann@example.com'],
    ['U+0000', 'ann\0@example.com'],
    ['a lone surrogate', 'ann\ud800@example.com'],
    ['a bidirectional override', 'ann\u202e@example.com'],
    ['a soft hyphen', 'an\u00adn@example.com'],
    ['a zero width joiner in the domain', 'ann@ex\u200dample.com'],
    ['a byte order mark', '\ufeffann@example.com'],
    ['a dotless i', 'ann\u0131@example.com'],
    ['a dotted İ', 'ann\u0130@example.com'],
    ['a Cyrillic а', '\u0430nn@example.com'],
    ['an address literal', 'a@[127.0.0.1]'],
    ['an IPv6 literal', 'a@[IPv6:::1]'],
    ['an IPv4 address', 'a@1.2.3.4'],
    ['an IPv4 address in hexadecimal', 'a@0x7f.0x1'],
    ['a full width IPv4 address', 'a@１.２.３.４'],
    ['a numeric top label', 'a@example.123'],
    ['a port', 'a@example.com:25'],
    ['a path', 'a@example.com/x'],
    ['a backslash', 'a@example.com\\x'],
    ['a query', 'a@example.com?x'],
    ['a fragment', 'a@example.com#x'],
    ['an escape', 'a@ex%61mple.com'],
    ['a full width escape', 'a@ex％61mple.com'],
    ['an underscore in the domain', 'a@ex_ample.com'],
    ['a hyphen in front of a label', 'a@-example.com'],
    ['a hyphen behind a label', 'a@example-.com'],
    ['Punycode for nothing', 'a@xn--.example'],
    ['Punycode for ASCII', 'a@xn--abc-.example'],
    ['Punycode for a joiner', 'a@xn--1ug.example'],
    ['Punycode that does not decode', 'a@xn--a.example'],
  ])('is refused for %s', (_, typed) => {
    expect(canonicalEmail(typed)).toEqual({ ok: false, reason: expect.stringMatching(/^[A-Z].*\.$/) })
  })
})

describe('the canonical username', () => {
  it.each([
    ['is lower case', 'Ann.Smith_1-x', 'ann.smith_1-x'],
    ['takes the Kelvin sign for k', '\u212aate', 'kate'],
    ['reads full width', 'Ａｎｎ', 'ann'],
    ['composes', 'rene\u0301', 'ren\u00e9'],
    ['folds ß to ss', 'Straße', 'strasse'],
    ['folds ẞ to ss', 'STRAẞE', 'strasse'],
    ['folds a final sigma', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['folds a final sigma that was typed', 'οδυσσευς', 'οδυσσευσ'],
    ['folds a dotless i', '\u0131lgaz', 'ilgaz'],
    ['folds Cherokee', 'ᎠᎹ', 'ꭰꮉ'],
    ['composes what only folding makes a letter', 'J\u030cx', '\u01f0x'],
    ['may mix kanji and kana', '山田ハナこ', '山田ハナこ'],
    ['may mix hanja and hangul', '金하나', '金하나'],
    ['may mix Han and Bopomofo', '中ㄅ', '中ㄅ'],
    ['may be digits', '12', '12'],
    ['may be an ancient script', '𐌰𐌱', '𐌰𐌱'],
    ['is trimmed', ' ann\u3000', 'ann'],
    ['counts code points', '𐐨'.repeat(64), '𐐨'.repeat(64)],
  ])('%s', (_, typed, canonical) => {
    expect(canonicalUsername(typed)).toEqual({ ok: true, value: canonical })
    expect(canonicalIdentifier(typed)).toEqual({ ok: true, value: canonical })
  })

  it.each([
    ['nothing', ''],
    ['one character', 'a'],
    ['65 characters', 'a'.repeat(65)],
    ['64 characters that fold to more', `${'a'.repeat(63)}ß`],
    ['one character that is eighteen, some of them spaces', '\ufdfa'],
    ['a very long text', 'a'.repeat(100_000)],
    ['an @', 'ann@example.com'],
    ['a space', 'an n'],
    ['a line feed', 'an\nn'],
    ['a combining mark that composes with nothing', 'x\u0301x'],
    ['a dotted İ, whose dot stays a mark', '\u0130stanbul'],
    ['a lone high surrogate', 'ann\ud83d'],
    ['a lone low surrogate', '\ude00ann'],
    ['a Hangul filler', '한\u3164국'],
    ['a half width Hangul filler', '한\uffa0국'],
    ['Cyrillic in Latin', 'аdmin'],
    ['Greek in Latin', 'admιn'],
    ['Latin in kana', 'ハナhana'],
    ['hangul and kana', '하ハ'],
    ['Arabic digits in Latin', 'ann١٢'],
  ])('is refused for %s', (_, typed) => {
    expect(canonicalUsername(typed)).toEqual({ ok: false, reason: expect.stringMatching(/^[A-Z].*\.$/) })
  })

  it('is one for all cases of every letter, canonical already, and made of letters and digits alone', {
    timeout: 30_000,
  }, () => {
    const wrong: string[] = []
    for (const letter of everyCodePoint()) {
      const canonical = formOf(canonicalUsername(letter + letter))
      if (canonical === undefined) continue
      const spellings = [canonical, letter.toUpperCase().repeat(2), letter.toLowerCase().repeat(2)]
      if (spellings.some((spelling) => formOf(canonicalUsername(spelling)) !== canonical)) wrong.push(letter)
      // Neither white space nor a mark that stands alone, a symbol, a control or format character, or private use.
      if (!/^[\p{L}\p{N}._-]+$/u.test(canonical)) wrong.push(letter)
    }
    expect(wrong).toEqual([])
  })
})

describe('canonical forms', () => {
  const letters = fc.constantFrom(...'aAkK\u212aſßẞςσΣıİiIéE\u0301ᾳǰµ.-_0١яЯЖコガ한漢@＠. \u00ad')
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: letters, maxLength: 40 }),
    fc.tuple(fc.string({ unit: letters, maxLength: 9 }), fc.domain()).map(([local, domain]) => `${local}@${domain}`),
  )

  it('are their own canonical form', () => {
    for (const canonical of [canonicalEmail, canonicalUsername, canonicalIdentifier]) {
      fc.assert(
        fc.property(typed, (text) => {
          const once = canonical(text)
          if (once.ok) expect(canonical(once.value)).toEqual(once)
        }),
        { numRuns: 5_000 },
      )
    }
  })

  it('are the same for a username and for how it is shown', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const canonical = canonicalUsername(text)
        if (canonical.ok) expect(canonicalUsername(shownUsername(text))).toEqual(canonical)
      }),
      { numRuns: 5_000 },
    )
    expect(shownUsername(' Ｓtraße ')).toBe('Straße')
  })

  it('are well formed, and an address is printable ASCII', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const outcome = canonicalIdentifier(text)
        if (!outcome.ok) return
        expect(isWellFormed(outcome.value)).toBe(true)
        if (outcome.value.includes('@')) expect(outcome.value).toMatch(/^[!-~]{3,254}$/)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('a well-formed text', () => {
  it.each([
    ['', true],
    ['😀\u202e\n', true],
    ['\ud83d', false],
    ['\ude00\ud83d', false],
    ['a\0', false],
  ])('%j: %s', (text, expected) => {
    expect(isWellFormed(text)).toBe(expected)
  })
})
