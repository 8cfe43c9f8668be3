import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { books, ROOT, read, rows } from '../support/markdown.ts'

const PAGE = 'docs/glossary.md'
const terms = rows(read(PAGE)).map(([term = '', meaning = '']) => ({ term, meaning }))
const names = terms.map(({ term }) => term)

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => read(join('src', path)))
const pages = books().filter(({ path }) => path.startsWith('docs/') && path !== PAGE)
/** "auth version" is `authVersion` and `auth_version` as well; a letter or two may follow, as in "keys". */
const used = [...pages.map(({ text }) => text), ...sources].join('\n').replaceAll(/([a-z])([A-Z])|_/g, '$1 $2')
const isUsed = (term: string) =>
  new RegExp(`(?<![a-z])${term.replaceAll(' ', '\\s')}(?:s|d|es|ed|ing)?(?![a-z])`, 'i').test(used)

describe('docs/glossary.md', () => {
  it('is in the order of the alphabet', () => {
    expect(names).toEqual(names.toSorted((one, other) => one.localeCompare(other, 'en')))
  })

  it('has each term once', () => {
    const lower = names.map((name) => name.toLowerCase())
    expect(lower.filter((name, at) => lower.indexOf(name) !== at)).toEqual([])
    expect(names.length).toBeGreaterThan(50)
  })

  it('says what each means in one or two sentences, or three short ones', () => {
    const unclear = terms.filter(({ meaning }) => {
      const sentences = meaning.split(/(?<=[.:])\s+(?=[A-Z[])/)
      return sentences.length > 3 || meaning.length > 220 || !/^[A-Z].*\.$/.test(meaning)
    })
    expect(unclear).toEqual([])
  })

  it('explains no word that nobody uses', () => {
    expect(names.filter((name) => !isUsed(name))).toEqual([])
  })

  it('sees what is used and what is not', () => {
    expect(['auth version', 'sink', 'flux capacitor', 'ink'].map(isUsed)).toEqual([true, true, false, false])
  })
})
