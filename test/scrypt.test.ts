import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nativeIfPresent, type Scrypt, scryptNative, scryptPortable } from '../src/crypto/scrypt.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const hex = (key: Uint8Array) => Buffer.from(key).toString('hex')

const implementations = [
  ['native', scryptNative],
  ['portable', scryptPortable],
] as const

describe.each(implementations)('%s scrypt', { timeout: 30_000 }, (_, scrypt) => {
  // RFC 7914, section 12. The fourth vector (N = 2^20, r = 8) is eight times beyond what workerd computes.
  it.each([
    [
      '',
      '',
      16,
      1,
      1,
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    ],
    [
      'password',
      'NaCl',
      1024,
      8,
      16,
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    ],
    [
      'pleaseletmein',
      'SodiumChloride',
      16384,
      8,
      1,
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    ],
  ])('computes the vector of RFC 7914 for %j, %j', async (password, salt, N, r, p, key) => {
    expect(hex(await scrypt(bytes(password), bytes(salt), { N, r, p }, 64))).toBe(key)
  })
})

it('native and portable scrypt: agree', { timeout: 30_000 }, async () => {
  const text = fc.uint8Array({ maxLength: 200 })
  const parameters = fc.record({
    N: fc.integer({ min: 1, max: 8 }).map((ln) => 2 ** ln),
    r: fc.integer({ min: 1, max: 9 }),
    p: fc.integer({ min: 1, max: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(
      text,
      text,
      parameters,
      fc.integer({ min: 1, max: 80 }),
      async (password, salt, chosen, length) => {
        const native = await scryptNative(password, salt, chosen, length)
        expect(hex(await scryptPortable(password, salt, chosen, length))).toBe(hex(native))
      },
    ),
    { numRuns: 100 },
  )
})

it('native scrypt computes with the memory that production needs', async () => {
  expect(await scryptNative(bytes('p'), bytes('s'), { N: 2 ** 15, r: 8, p: 3 }, 32)).toHaveLength(32)
})

describe('the choice between them', () => {
  const counting = (outcome: () => Uint8Array) => {
    const calls = { count: 0 }
    const scrypt: Scrypt = async () => {
      calls.count++
      return outcome()
    }
    return { scrypt, calls }
  }
  const failing = (error: Error) =>
    counting(() => {
      throw error
    })
  const compute = (scrypt: Scrypt) => scrypt(bytes('p'), bytes('s'), { N: 2, r: 1, p: 1 }, 1)

  it('falls upon the native one', async () => {
    const [native, portable] = [counting(() => Uint8Array.of(1)), counting(() => Uint8Array.of(2))]
    expect(await compute(nativeIfPresent(native.scrypt, portable.scrypt))).toEqual(Uint8Array.of(1))
    expect(portable.calls.count).toBe(0)
  })

  it.each([
    new Error('[unenv] crypto.scrypt is not implemented yet!'),
    new Error('The scrypt method is not implemented'),
    new TypeError('nativeScrypt is not a function'),
  ])('falls upon the portable one, for good, where the native one is missing: %s', async (error) => {
    const [native, portable] = [failing(error), counting(() => Uint8Array.of(2))]
    const scrypt = nativeIfPresent(native.scrypt, portable.scrypt)
    expect(await compute(scrypt)).toEqual(Uint8Array.of(2))
    expect(await compute(scrypt)).toEqual(Uint8Array.of(2))
    expect(native.calls.count).toBe(1)
  })

  it('does not hide a failure of the native one', async () => {
    const [native, portable] = [failing(new RangeError('Scrypt failed')), counting(() => Uint8Array.of(2))]
    await expect(compute(nativeIfPresent(native.scrypt, portable.scrypt))).rejects.toThrow('Scrypt failed')
    expect(portable.calls.count).toBe(0)
  })
})
