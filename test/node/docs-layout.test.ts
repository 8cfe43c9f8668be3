import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { codes, ROOT, read, rows, section } from '../support/markdown.ts'

const foldersOf = (path: string): string[] =>
  readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()

it.each(['src', 'src/features', 'build', 'workers', 'cli', 'dev'])(
  'docs/layout.md has a line for every folder of %s, and for no other',
  (path) => {
    const listed = rows(section(read('docs/layout.md'), path)).map(([name = '']) => codes(name).join())
    expect(listed.toSorted()).toEqual(foldersOf(path))
  },
)
