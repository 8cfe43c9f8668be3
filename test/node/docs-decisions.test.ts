import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { codes, links, ROOT, read, rows } from '../support/markdown.ts'

const files = readdirSync(join(ROOT, 'docs/decisions'))
  .filter((name) => /^\d/.test(name))
  .sort()

describe('the decisions', () => {
  it('are numbered without a gap', () => {
    expect(files.map((name) => name.slice(0, 4))).toEqual(files.map((_, at) => String(at + 1).padStart(4, '0')))
  })

  it.each(files)('%s says context, decision and consequences', (name) => {
    const text = read(`docs/decisions/${name}`)
    expect(text).toMatch(new RegExp(`^# ${name.slice(0, 4)}: \\S`))
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)).toEqual([
      'Context',
      'Decision',
      'Consequences',
    ])
  })

  it('are listed', () => {
    const listed = links(read('docs/decisions/README.md')).map(({ target }) => target)
    expect(listed.filter((target) => /^\d/.test(target))).toEqual(files)
  })
})

describe('the packages', () => {
  const [worker = '', development = ''] = read('docs/decisions/0004-packages.md').split('`devDependencies`')
  const documented = (text: string) =>
    rows(text).map(([name = '', licence = '', why = '']) => ({ name: codes(name).join(), licence, why }))
  const all = [...documented(worker), ...documented(development)]

  it('are all in the record, and it names no other', () => {
    const names = (text: string) =>
      documented(text)
        .map(({ name }) => name)
        .toSorted()
    expect(names(worker)).toEqual(Object.keys(manifest.dependencies).toSorted())
    expect(names(development)).toEqual(Object.keys(manifest.devDependencies).toSorted())
  })

  it.each(all)('$name has the licence $licence, and a reason', ({ name, licence, why }) => {
    const installed = JSON.parse(read(`node_modules/${name}/package.json`)) as { license: string }
    expect(installed.license).toBe(licence)
    expect(licence).not.toMatch(/GPL|SSPL|BUSL/)
    expect(why.length).toBeGreaterThan(10)
  })

  it('are pinned', () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })
})

it('the licence is MIT, in the file and in the manifest', () => {
  expect(read('LICENSE')).toMatch(/^MIT License\n\nCopyright \(c\) \d{4} The Postern authors\n/)
  expect(manifest.license).toBe('MIT')
})
