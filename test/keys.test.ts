import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromBase64url, newId, toBase64url } from '../src/crypto/bytes.ts'
import { deriveKeys, guardName, pseudonym } from '../src/crypto/keys.ts'
import { checkJwtSecret, checkSecretKey } from '../src/crypto/secret-strength.ts'

const roots = (secretKey: string, ...oldSecretKeys: string[]) => deriveKeys({ secretKey, oldSecretKeys })
const root = () => Buffer.from(randomBytes(32)).toString('base64url')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('deriving keys from the root', () => {
  it('is the same in every isolate and every release', () => {
    const keys = roots('a fixed root, for this one test only')
    expect([keys.refreshMac.current.id, hex(keys.refreshMac.current.key), hex(keys.cursors.current.key)]).toEqual([
      235,
      '0700bb1859ce389d0ccaad966397dddefc576f89cf603bf9dfc0940759713f44',
      '27aa1a576907fe57a48ea51f191650e951a3afcef9d9c393ddf9f3603136712e',
    ])
  })

  it('gives every use a key of its own, of 256 bits, under one id', () => {
    const keyrings = Object.values(roots(root()))
    expect(new Set(keyrings.map(({ current }) => hex(current.key))).size).toBe(7)
    expect(keyrings.every(({ current }) => current.key.length === 32)).toBe(true)
    expect(new Set(keyrings.map(({ current }) => current.id)).size).toBe(1)
  })

  it('knows old roots by their id and makes nothing new with them', () => {
    const [first, second, third] = [root(), root(), root()]
    const before = roots(first).codeHash
    const after = roots(third, second, first).codeHash
    expect(after.current.key).toEqual(roots(third).codeHash.current.key)
    expect(after.candidates(before.current.id)).toContainEqual(before.current)
  })

  it('offers both roots where one byte names two', () => {
    const first = root()
    const id = roots(first).device.current.id
    let second = root()
    while (roots(second).device.current.id !== id) second = root()
    const keyring = roots(second, first).device
    expect(keyring.candidates(id).map(({ key }) => hex(key))).toEqual(
      [second, first].map((secretKey) => hex(roots(secretKey).device.current.key)),
    )
  })

  it('knows nothing of any other id', () => {
    const { current, candidates } = roots(root()).outboxSeal
    expect(candidates((current.id + 1) % 256)).toEqual([])
  })
})

describe('names that tell nothing', () => {
  it('16.2.5 a pseudonym is stable, short, and does not hold what it stands for', () => {
    const keys = roots(root())
    const name = pseudonym(keys, 'ann@example.com')
    expect(name).toMatch(/^[\w-]{12}$/)
    expect(pseudonym(keys, 'ann@example.com')).toBe(name)
    expect(pseudonym(keys, 'bob@example.com')).not.toBe(name)
    expect(pseudonym(roots(root()), 'ann@example.com')).not.toBe(name)
  })

  it('a guard name keeps kinds and texts apart', () => {
    const keys = roots(root())
    const names = [guardName(keys, 'address', 'x'), guardName(keys, 'identifier', 'x'), guardName(keys, 'address', 'y')]
    expect(new Set(names).size).toBe(3)
    expect(names[0]).toMatch(/^address:[\w-]{43}$/)
  })
})

describe('a root that may be used', () => {
  it.each(['base64', 'base64url', 'hex'] as const)('32 random bytes in %s are accepted, always', (encoding) => {
    for (let round = 0; round < 2000; round++)
      expect(checkSecretKey(Buffer.from(randomBytes(32)).toString(encoding))).toBeNull()
  })

  it('accepts printable random text, and keys made for development', () => {
    expect(checkSecretKey('v#9Kq!x2@Lm$7Zp&4Wn*8Rt^1Yc(6Bf)3Hd_5Jg+Q')).toBeNull()
    expect(checkSecretKey(`dev_${root()}`)).toBeNull()
  })

  it.each([
    ['an empty one', ''],
    ['31 bytes', Buffer.from(randomBytes(31)).toString('base64url')],
    ['31 bytes of hex', Buffer.from(randomBytes(31)).toString('hex')],
    ['16 bytes, though 32 characters', Buffer.from(randomBytes(16)).toString('hex')],
    ['a short one for development', 'dev_secret'],
    ['one character again and again', 'a'.repeat(64)],
    ['a short text again and again', 'Xy7_kQ2p'.repeat(8)],
    ['a text said twice', '9fK2mQ7xLp4ZtR8vWn3BcY'.repeat(2)],
    ['a run of digits', '0123456789abcdef'.repeat(4)],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
    ['words', 'correct-horse-battery-staple-and-then-some-more-words'],
    ['words with capitals', 'Correct-Horse-Battery-Staple-Correct-Horse-Battery'],
    ['a placeholder', 'CHANGE-ME-CHANGE-ME-f3k29dk3l49fk3l4kf93k4lf93k4lf9'],
    ['a placeholder of another kind', 'your-secret-key-goes-here-1234567890-abcdefghijklm'],
    ['a sentence', 'The quick brown fox jumps over the lazy dog, 1234 times.'],
    ['letters of another script', 'ж'.repeat(50)],
  ])('refuses %s, and does not repeat it', (_, text) => {
    const problem = checkSecretKey(text)
    expect(problem).toMatch(/openssl/)
    if (text) expect(problem).not.toContain(text)
  })

  it('a secret for HS256 has at least the length of its hash', () => {
    expect(checkJwtSecret(Buffer.from(randomBytes(16)).toString('hex'))).toBeNull()
    expect(checkJwtSecret('09d25e094faa6ca2556c818166b7a95')).toMatch(/32 bytes/)
    expect(checkJwtSecret('a'.repeat(64))).toMatch(/random/)
  })
})

describe('bytes as text', () => {
  it('9.1.1 has one spelling and reads no other', () => {
    const bytes = randomBytes(16)
    const text = toBase64url(bytes)
    expect(fromBase64url(text)).toEqual(new Uint8Array(bytes))
    for (const other of [
      `${text}==`,
      `${text}=`,
      ` ${text}`,
      `${text}\n`,
      `${text.slice(0, 4)} ${text.slice(4)}`,
      `${text}?`,
    ]) {
      expect(fromBase64url(other)).toBeNull()
    }
    expect(fromBase64url('AB')).toBeNull()
    expect(fromBase64url('AA')).toEqual(Uint8Array.of(0))
    expect(fromBase64url('-_8')).toEqual(Uint8Array.of(251, 255))
    expect(fromBase64url('+/8')).toBeNull()
  })

  it('7.2.3 an id carries 128 random bits', () => {
    const ids = Array.from({ length: 1000 }, newId)
    expect(new Set(ids).size).toBe(1000)
    expect(ids.every((id) => fromBase64url(id)?.length === 16)).toBe(true)
    // Every bit is used: a UUID has six that never change.
    const seen = ids.map((id) => fromBase64url(id) ?? new Uint8Array())
    for (let bit = 0; bit < 128; bit++) {
      const ones = seen.filter((bytes) => ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1).length
      expect(ones).toBeGreaterThan(350)
      expect(ones).toBeLessThan(650)
    }
  })
})
