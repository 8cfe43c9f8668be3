import { describe, expect, inject, it } from 'vitest'
import { isAlgorithm, type Jwk } from '../../src/crypto/algorithms.ts'
import { verifyJws } from '../../src/crypto/jws.ts'
import { importVerifiers } from '../../src/crypto/webcrypto-keys.ts'
import type { VectorGroup } from './vectors.ts'

/** Where our answer is another than the file's. Nothing else may differ, and each of these must. */
const EXPLAINED: Record<string, Record<number, string>> = {
  json_web_signature_schema_v1: {
    367: 'accepted: the padding that it is about is gone from the file, the text is the one of the valid vector 357',
    370: 'accepted: the padding that it is about is gone from the file, the text is the one of the valid vector 357',
    372: 'refused: a "?" inside the header; the file calls it valid, since some decoders skip what they do not know',
    373: 'refused: a "?" inside the payload; the file calls it valid, since some decoders skip what they do not know',
  },
}

const keysOf = ({ public: published, private: secret }: VectorGroup): Jwk[] => {
  const set = published ?? secret ?? {}
  return set.keys ?? [set]
}

async function accepts(keys: readonly Jwk[], jws: string | object): Promise<boolean> {
  const find = await importVerifiers(keys).catch(() => null)
  if (!find) return false
  return (await verifyJws(find, typeof jws === 'string' ? jws : JSON.stringify(jws))).ok
}

/** The same suite in every runtime, since each brings its own cryptography. */
export function describeWycheproof(runtime: string) {
  const vectors = inject('vectors')
  describe.skipIf(vectors === null)(`Wycheproof in ${runtime} (needs VECTORS, the folder of its JSON files)`, () => {
    for (const { schema, testGroups } of vectors ?? []) {
      const explained = EXPLAINED[schema.replace('.json', '')] ?? {}
      describe(schema, () => {
        it.each(testGroups.map((group) => ({ name: `${group.comment} from ${group.tests[0]?.tcId}`, group })))(
          '9.1.1 $name',
          async ({ group }) => {
            const keys = keysOf(group)
            const supported = keys.every(({ alg }) => isAlgorithm(alg))
            for (const { tcId, comment, jws, result } of group.tests) {
              const expected = (supported && result === 'valid') !== tcId in explained
              expect(await accepts(keys, jws), `${tcId} ${comment} ${explained[tcId] ?? ''}`).toBe(expected)
            }
          },
        )
      })
    }

    it('9.1.1 every algorithm but EdDSA, which the files do not know, has vectors that are accepted', () => {
      const groups = (vectors ?? []).flatMap(({ testGroups }) => testGroups)
      const valid = groups.filter(({ tests }) => tests.some(({ result }) => result === 'valid'))
      const algorithms = new Set(valid.flatMap(keysOf).map(({ alg }) => alg))
      expect([...algorithms].filter(isAlgorithm).sort()).toEqual(['ES256', 'HS256', 'RS256'])
    })
  })
}
