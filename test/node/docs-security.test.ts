import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codes, links, ROOT, read, rows, section } from '../support/markdown.ts'
import { titlesIn, titlesOf } from '../support/titles.ts'

const PARTS = ['Passwords, codes and throttling', 'Sessions and tokens', 'Web and API']
/** What may still be missing, and nothing else. */
const CAPABILITIES = ['administration', 'providers']

/** Written down here as well, so that no promise disappears with its row; what is promised in several rows, several times. */
const PROMISED = `6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.8 6.2.9 6.2.11 6.2.12 6.3.1 6.3.1 6.3.1 6.3.1 6.3.2 6.3.4 6.3.7
  6.3.8 6.3.8 6.4.1 6.4.3
  6.4.6 6.5.1 6.5.2 6.5.4 6.5.5 6.6.2 6.6.3 6.8.1 6.8.2 reset-link-host reset-ends-sessions
  7.1.2 7.2.3 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.5 7.5.1 7.5.2 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3 9.2.4 key-rotation
  1.3.11 3.3 3.4 3.5 3.7.2 4.1.3 8.2.2 14.3 15.3 16.2.5 16.4.1 16.5
  web-unicode web-borrowed-name web-log-in-race web-password-oracle web-log-in-csrf`.split(/\s+/)

/** "open: `administration`, `providers` (social log-in)"; what is linked to is shown, wherever in the cell it stands. */
const openIn = (cell: string): string[] => cell.split('open:').slice(1).flatMap(codes)

const page = read('docs/security.md')
const promises = PARTS.flatMap((part) => rows(section(page, part))).map(([id = '', what = '', shown = '']) => {
  return { id: id.replaceAll('`', ''), what, shown: links(shown), open: openIn(shown), note: shown }
})

/** A name's hyphens may be spaces in a title; a number is that number and not a part of another. */
function names(title: string, id: string): boolean {
  const spelt = id.replaceAll('.', '\\.').replaceAll('-', '[- ]')
  return new RegExp(`(?<![\\w.])${spelt}(?!\\w|\\.\\d)`).test(title)
}

const pathOf = (target: string) => join('docs', target)

describe('docs/security.md', () => {
  it('keeps every promise on its list', () => {
    expect(promises.map(({ id }) => id).toSorted()).toEqual(PROMISED.toSorted())
  })

  it('says of every row in a sentence what holds', () => {
    expect(promises.filter(({ what }) => !/^[A-Z].+\.$/.test(what)).map(({ id }) => id)).toEqual([])
  })

  it('shows every row by a test, or says which capability brings it', () => {
    const unshown = promises.filter(({ shown, open, note }) => shown.length + open.length === 0 || note.includes('—'))
    expect(unshown.map(({ id, what }) => `${id} ${what}`)).toEqual([])
  })

  it('leaves nothing open for anything but a capability that is to come', () => {
    const unknown = promises.flatMap(({ id, open }) =>
      open.filter((capability) => !CAPABILITIES.includes(capability)).map((capability) => `${id}: ${capability}`),
    )
    expect(unknown).toEqual([])
  })

  const linked = promises.flatMap(({ id, shown }) => shown.map(({ text, target }) => ({ id, text, target })))

  it.each(linked)('$id is shown by a test that is called "$text", in $target', ({ id, text, target }) => {
    const path = pathOf(target)
    expect(path).toMatch(/^test\//)
    expect(existsSync(join(ROOT, path)), path).toBe(true)
    expect(titlesOf(path).filter((title) => names(title, id) && title.includes(text))).not.toEqual([])
  })
})

describe('how a cell is read', () => {
  const cell = '[one](../test/one.test.ts) · open: `later` (in part) · [two](../test/two.test.ts) · open: `never`'

  it('what is open is named behind its word, and every link counts, also behind that', () => {
    expect(openIn(cell)).toEqual(['later', 'never'])
    expect(links(cell).map(({ text }) => text)).toEqual(['one', 'two'])
  })
})

describe('how titles are read', () => {
  it('groups and tables are part of a title, and what never runs is not', () => {
    const source = `describe('9.1.1 group', () => {
      it('test', () => {})
      it.skip('skipped', () => {})
      it.each([['first', 1], ['second', 2]] as const)('row %s', () => {})
    })`
    expect(titlesIn(source)).toEqual(['9.1.1 group test', '9.1.1 group row first', '9.1.1 group row second'])
  })

  it.each([
    ['the limit (ASVS 6.2.1, 6.2.9)', '6.2.1', true],
    ['the limit (ASVS 6.2.11)', '6.2.1', false],
    ['6.3.4 whoever is disabled', '3.4', false],
    ['3.4.1 HSTS', '3.4', false],
    ['key rotation: signs', 'key-rotation', true],
    ['16.5 a lone surrogate', '16.5', true],
  ])('%s names %s: %s', (title, id, named) => {
    expect(names(title, id)).toBe(named)
  })
})
