import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FEATURES, fold } from '../../src/compose/features.ts'

const SRC = join(import.meta.dirname, '../../src')

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))

/** Every file that each file imports, types included, and those that are loaded at the first need. */
const imports = new Map(files.map((file) => [file, importsOf(file)]))

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
    .map(([, path = '']) => relative(SRC, join(SRC, dirname(file), path)).replaceAll('\\', '/'))
    .filter((path) => existsSync(join(SRC, path)))
}

const partOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? file) : file)
const featureOf = (file: string) => (partOf(file) === 'features' ? (file.split('/')[1] ?? null) : null)

/** What each part of the house may import besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  kernel: [],
  crypto: ['kernel'],
  db: ['kernel', 'crypto'],
  http: ['kernel', 'crypto', 'db'],
  features: ['kernel', 'crypto', 'db', 'http'],
  platform: ['kernel', 'crypto', 'db', 'features'],
  compose: ['kernel', 'crypto', 'db', 'http', 'features', 'platform'],
  'index.ts': ['kernel', 'compose'],
}

describe('the directions of imports', () => {
  it('kernel, crypto, db and http know nothing above them, and only index.ts knows the composition', () => {
    const wrong = files.flatMap((file) =>
      (imports.get(file) ?? [])
        .filter((other) => partOf(other) !== partOf(file) && !MAY_IMPORT[partOf(file)]?.includes(partOf(other)))
        .map((other) => `${file} imports ${other}`),
    )
    expect(wrong).toEqual([])
  })

  it('a feature imports those features alone that it declares, and declares no other', () => {
    const declared = new Map(FEATURES.map(({ name, dependsOn = [] }) => [name, dependsOn.map((other) => other.name)]))
    const used = new Map([...declared.keys()].map((name) => [name, new Set<string>()]))
    for (const [file, others] of imports) {
      const from = featureOf(file)
      for (const other of others) {
        const to = featureOf(other)
        if (from && to && from !== to) used.get(from)?.add(to)
      }
    }
    const sorted = (names: Iterable<string>) => [...names].toSorted()
    for (const [name, others] of used) expect([name, sorted(others)]).toEqual([name, sorted(declared.get(name) ?? [])])
  })

  it('every folder of features has its manifest, and stands in the list', () => {
    const folders = readdirSync(join(SRC, 'features'))
    expect(
      FEATURES.map(({ name }) => name)
        .filter((name) => name !== 'service')
        .toSorted(),
    ).toEqual(folders.toSorted())
  })

  it('a name that stands in two features stops the start, and says which', () => {
    const twice = [
      { name: 'one', settings: {} },
      { name: 'other', settings: {} },
    ]
    expect(() => fold(twice, () => ({ COLOUR: 1 }))).toThrow('Two features name COLOUR; the second is other.')
  })

  it('there is no circle, types included', () => {
    expect(circles()).toEqual([])
  })
})

/** Files from which imports lead back to themselves: what is left when all are taken away that import nothing that is left. */
function circles(): string[] {
  const left = new Map([...imports].map(([file, others]) => [file, new Set(others)]))
  for (let before = -1; before !== left.size; ) {
    before = left.size
    for (const [file, others] of left) {
      for (const other of others) if (!left.has(other)) others.delete(other)
      if (others.size === 0) left.delete(file)
    }
  }
  return [...left.keys()]
}
