import { createHash, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64url, newId, toBase64url } from '../src/crypto/bytes.ts'
import { DEVICE_TOKEN_SECONDS, readDeviceToken, signDeviceToken } from '../src/crypto/device-token.ts'
import { deriveKeys } from '../src/crypto/keys.ts'
import { hashSessionSecret, newSessionSecret, readRefreshToken, signRefreshToken } from '../src/crypto/refresh-token.ts'

const root = () => Buffer.from(randomBytes(32)).toString('base64url')
const first = root()
const keys = deriveKeys({ secretKey: first, oldSecretKeys: [] })
const token = () => ({ subject: newId(), sessionId: newId(), generation: 7, secret: newSessionSecret() })
const device = () => ({ subject: newId(), deviceId: newId(), authVersion: 3 })
const now = new Date('2026-03-01T12:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

/** The text with one bit of its bytes turned over. */
function flipped(text: string, bit: number): string {
  const bytes = fromBase64url(text) ?? new Uint8Array()
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return toBase64url(bytes)
}

const respellings = (text: string) => [
  '',
  `${text}=`,
  `${text}==`,
  ` ${text}`,
  `${text}\n`,
  `${text}A`,
  text.slice(0, -1),
  text.replace(/.$/, (last) => (last === 'A' ? 'B' : String.fromCharCode(last.charCodeAt(0) + 1))),
  text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(text.length + 2, '='),
  text.repeat(100),
]

describe('the refresh token', () => {
  it('says again what was signed, and the hash of its secret', () => {
    const given = token()
    const text = signRefreshToken(keys.refreshMac, given)
    expect(text).toMatch(/^[\w-]{114}$/)
    expect(readRefreshToken(keys.refreshMac, text)).toEqual({ ...given, secretHash: hashSessionSecret(given.secret) })
    expect(hashSessionSecret(given.secret)).toBe(createHash('sha256').update(given.secret).digest('base64url'))
  })

  it.each([0, 1, 255, 256, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])('counts to 32 bits: %i', (generation) => {
    const text = signRefreshToken(keys.refreshMac, { ...token(), generation })
    expect(readRefreshToken(keys.refreshMac, text)?.generation).toBe(generation)
  })

  it.each([-1, 0x1_0000_0000, 1.5, Number.NaN])('signs no generation that would not fit: %d', (generation) => {
    expect(() => signRefreshToken(keys.refreshMac, { ...token(), generation })).toThrow(RangeError)
  })

  it('signs no id that is not one', () => {
    expect(() => signRefreshToken(keys.refreshMac, { ...token(), subject: 'ann' })).toThrow(TypeError)
    expect(() => signRefreshToken(keys.refreshMac, { ...token(), sessionId: `${newId()}=` })).toThrow(TypeError)
    // Another spelling of sixteen zero bytes.
    expect(() => signRefreshToken(keys.refreshMac, { ...token(), subject: `${'A'.repeat(21)}B` })).toThrow(TypeError)
    expect(() => signRefreshToken(keys.refreshMac, { ...token(), secret: new Uint8Array(15) })).toThrow(TypeError)
  })

  it('9.1.1 no single bit of it can be changed', () => {
    const text = signRefreshToken(keys.refreshMac, token())
    for (let bit = 0; bit < 85 * 8; bit++) expect(readRefreshToken(keys.refreshMac, flipped(text, bit))).toBeNull()
  })

  it('9.1.1 has one spelling', () => {
    const text = signRefreshToken(keys.refreshMac, token())
    for (const other of respellings(text)) expect(readRefreshToken(keys.refreshMac, other)).toBeNull()
  })

  it('16.5 answers null to any text at all', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 114, maxLength: 114 }),
      fc.base64String(),
    )
    fc.assert(fc.property(anything, (text) => readRefreshToken(keys.refreshMac, text) === null))
  })

  it('tries both roots where they share an id', () => {
    let second = root()
    const id = keys.refreshMac.current.id
    const derived = () => deriveKeys({ secretKey: second, oldSecretKeys: [first] })
    while (derived().refreshMac.current.id !== id) second = root()
    expect(readRefreshToken(derived().refreshMac, signRefreshToken(keys.refreshMac, token()))).not.toBeNull()
    expect(readRefreshToken(derived().refreshMac, signRefreshToken(derived().refreshMac, token()))).not.toBeNull()
  })

  it('7.2.3 has a secret of 128 random bits, of which the stored hash tells nothing', () => {
    const secrets = Array.from({ length: 100 }, () => toBase64url(newSessionSecret()))
    expect(new Set(secrets).size).toBe(100)
    const given = token()
    const stored = hashSessionSecret(given.secret)
    expect(readRefreshToken(keys.refreshMac, stored)).toBeNull()
    expect(stored).not.toContain(toBase64url(given.secret))
  })
})

describe('the device token', () => {
  it('says again what was signed, for 180 days', () => {
    const given = device()
    const text = signDeviceToken(keys.device, given, now)
    expect(text).toMatch(/^[\w-]{98}$/)
    expect(readDeviceToken(keys.device, text, now)).toEqual(given)
    expect(DEVICE_TOKEN_SECONDS).toBe(180 * 86_400)
    expect(readDeviceToken(keys.device, text, later(DEVICE_TOKEN_SECONDS - 1))).toEqual(given)
    expect(readDeviceToken(keys.device, text, later(DEVICE_TOKEN_SECONDS))).toBeNull()
  })

  it('9.1.1 no bit of it can be changed, and it has one spelling', () => {
    const text = signDeviceToken(keys.device, device(), now)
    for (let bit = 0; bit < 73 * 8; bit++) expect(readDeviceToken(keys.device, flipped(text, bit), now)).toBeNull()
    for (const other of respellings(text)) expect(readDeviceToken(keys.device, other, now)).toBeNull()
  })

  it('9.2.2 is no refresh token, nor is a refresh token a device, even under one key', () => {
    expect(readRefreshToken(keys.device, signDeviceToken(keys.device, device(), now))).toBeNull()
    expect(readDeviceToken(keys.device, signRefreshToken(keys.device, token()), now)).toBeNull()
    expect(readDeviceToken(keys.device, signDeviceToken(keys.refreshMac, device(), now), now)).toBeNull()
  })
})
