import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { parseConfig } from '../../src/compose/config.ts'
import { SETTINGS } from '../../src/compose/features.ts'
import type { Setting } from '../../src/kernel/setting-kinds.ts'
import { codes, read, rows } from '../support/markdown.ts'
import { testFiles, titlesOf } from '../support/titles.ts'

const NAMES = Object.keys(SETTINGS)
const KINDS: Record<string, Setting<unknown>> = SETTINGS
const documented = rows(read('docs/settings.md')).map(([name = '', shown = '', what = '', bounds = '']) => ({
  name: codes(name).join(),
  shown,
  what,
  bounds,
}))

const shownOf = (name: string) => documented.find((row) => row.name === name)

/** What a kind says when it is given what nothing fits: the only place where its bounds can be read. */
function complaintOf(name: string): string {
  const reading = KINDS[name]?.read('\u0000')
  return reading && 'problem' in reading ? reading.problem : ''
}

const DAY = 24 * 60 * 60
const config = parseConfig({
  ISSUER: 'https://auth.example.com',
  AUDIENCE: 'example',
  DATABASE_URL: 'postgres://user:pass@db.example.com/auth',
  SECRET_KEY: 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3',
  SIGNING_KEY_1: await newSigningKey('ES256', new Date(0)),
})

/** Defaults that come about only when all settings are looked at together. */
const DERIVED: Record<string, string> = {
  PUBLIC_URL: config.publicUrl === config.issuer ? '`ISSUER`' : '?',
  REFRESH_TOKEN_EXPIRE_DAYS: `\`${config.sessions.idleSeconds / DAY}\``,
}

function defaultOf(name: string): string {
  const absent = KINDS[name]?.absent
  if (!absent) return 'required'
  const { value } = absent
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return DERIVED[name] ?? 'none'
  return `\`${String(value)}\``
}

describe('docs/settings.md', () => {
  it('names every setting that is read, once, and no other', () => {
    expect(documented.map(({ name }) => name).toSorted()).toEqual(NAMES.toSorted())
  })

  it.each(NAMES)('%s has the default that it says', (name) => {
    expect(shownOf(name)?.shown).toBe(defaultOf(name))
  })

  it.each(NAMES)('%s says what it does', (name) => {
    expect(shownOf(name)?.what).toMatch(/^[A-Z`].*\.$/)
    expect(shownOf(name)?.bounds).not.toBe('')
  })

  const numbers = NAMES.filter((name) => complaintOf(name).includes('whole number'))
  it.each(numbers)('%s has the bounds that it says', (name) => {
    expect(`must be a whole number from ${shownOf(name)?.bounds}`).toBe(complaintOf(name))
  })

  const choices = NAMES.filter((name) => complaintOf(name).startsWith('must be one of'))
  it.each(choices)('%s has the choices that it says', (name) => {
    expect(`must be one of ${codes(shownOf(name)?.bounds ?? '').join(', ')}`).toBe(complaintOf(name))
  })

  it('has looked at numbers and at choices', () => {
    expect([numbers.length > 10, choices.length > 3]).toEqual([true, true])
  })
})

describe('.dev.vars.example', () => {
  const assigned = [...read('.dev.vars.example').matchAll(/^\s*([A-Z][A-Z0-9_]*)\s*=/gm)].map(([, name]) => name)

  it('sets what is a setting, each once', () => {
    expect(assigned.filter((name) => !NAMES.includes(name ?? ''))).toEqual([])
    expect(assigned).toEqual([...new Set(assigned)])
  })
})

describe('a setting', () => {
  /** That a setting is parsed shows nothing of what it does, and these files are about that and about the books. */
  const aboutParsing = (path: string) => path.startsWith('test/config') || path.startsWith('test/node/docs-')
  const titles = testFiles()
    .filter((path) => !aboutParsing(path))
    .flatMap(titlesOf)

  it('stands in the title of a test that gives it another value and shows what it does', () => {
    const shown = (name: string) => {
      const word = new RegExp(`(?<![A-Z0-9_])${name}(?![A-Z0-9_])`)
      return titles.some((title) => word.test(title))
    }
    expect(
      NAMES.filter((name) => !shown(name)),
      'settings that no test shows at work',
    ).toEqual([])
  })
})
