import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** Hands the Wycheproof vectors of the folder that VECTORS names to the tests of every runtime; workerd reads no files. */
export default function provideVectors({ provide }: TestProject) {
  const folder = process.env.VECTORS
  const read = (name: string): VectorFile => JSON.parse(readFileSync(join(folder ?? '', name), 'utf8'))
  provide('vectors', folder ? ['json_web_signature_test.json', 'json_web_key_test.json'].map(read) : null)
}

type JwkSet = Record<string, unknown> & { keys?: Record<string, unknown>[] }

export type VectorGroup = {
  comment: string
  public?: JwkSet
  private?: JwkSet
  tests: { tcId: number; comment: string; jws: string | object; result: 'valid' | 'invalid' }[]
}

export type VectorFile = { schema: string; testGroups: VectorGroup[] }

declare module 'vitest' {
  interface ProvidedContext {
    vectors: VectorFile[] | null
  }
}
