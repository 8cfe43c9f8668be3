import { describe, expect, it } from 'vitest'
import type { z } from 'zod/mini'
import example from '../../examples/consumer-worker/package.json' with { type: 'json' }
import manifest from '../../package.json' with { type: 'json' }
import { codes, read, rows } from '../support/markdown.ts'
import { METHODS } from '../support/rpc-shapes.ts'

const documented = rows(read('docs/rpc.md')).map(([entrypoint = '', method = '', message = '']) => ({
  name: `${codes(entrypoint)}.${codes(method)}`,
  fields: codes(message).toSorted(),
}))

/** A field that may be left out is one that the shape does not miss. */
function fieldsOf(shape: () => z.ZodMiniObject): string[] {
  const fields = Object.entries(shape().shape) as [string, z.ZodMiniType][]
  return fields.map(([field, kind]) => (kind.safeParse(undefined).success ? `${field}?` : field)).toSorted()
}

describe('docs/rpc.md', () => {
  it('names every method of every entrypoint, and no other', () => {
    expect(documented.map(({ name }) => name)).toEqual(METHODS.map(({ name }) => name))
  })

  it.each(METHODS)('$name takes what it says', ({ name, shape }) => {
    expect(documented.find((row) => row.name === name)?.fields).toEqual(fieldsOf(shape))
  })
})

describe('the example', () => {
  const binding = (text: string) => /^\[\[services\]\]\n(?:\w+ = ".*"\n)+/m.exec(text)?.[0]

  it('has the binding of docs/rpc.md', () => {
    expect(binding(read('docs/rpc.md'))).toMatch(/^binding = "\w+"$/m)
    expect(binding(read('examples/consumer-worker/wrangler.toml'))).toBe(binding(read('docs/rpc.md')))
  })

  it('is a project of its own, with the versions that are tested here', () => {
    const tested: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies }
    const wanted = Object.entries({ ...example.dependencies, ...example.devDependencies })
    expect(wanted.filter(([name, version]) => tested[name] !== version)).toEqual([])
    const imported = ['index', 'signed-in', 'postern'].flatMap((name) =>
      [...read(`examples/consumer-worker/src/${name}.ts`).matchAll(/from '([^.'/]+)/g)].map(([, from]) => from),
    )
    expect(imported.filter((name) => !(name && name in example.dependencies))).toEqual([])
  })
})
