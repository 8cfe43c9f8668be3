import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveKeys } from '../src/crypto/keys.ts'
import { seal, unseal } from '../src/crypto/seal.ts'

const FIRST = 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3'
const SECOND = 'Zp7Hc1vQx9Lr4Tn8Yb3Wk6Mf2Jd5Gs0AeUiOqRtBnKl'
const ringOf = (secretKey: string, ...oldSecretKeys: string[]) => deriveKeys({ secretKey, oldSecretKeys }).outboxSeal
const ring = ringOf(FIRST)
const BOUND = { eventId: 'AAAAAAAAAAAAAAAAAAAAAA', sink: 'mail', subject: 'ann', purpose: 'reset_password' }

describe('a sealed text', () => {
  it('opens for what it was sealed for, whatever it says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (text) => {
        expect(await unseal(ring, await seal(ring, text, BOUND), BOUND)).toBe(text)
      }),
      { numRuns: 200 },
    )
  })

  it('says nothing, and never the same thing twice', async () => {
    const both = [await seal(ring, '123456', BOUND), await seal(ring, '123456', BOUND)]
    expect(both[0]).not.toBe(both[1])
    for (const sealed of both) {
      expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/)
      expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('123456')
    }
  })

  it.each(['eventId', 'sink', 'subject', 'purpose'] as const)('opens for no other %s', async (part) => {
    const sealed = await seal(ring, '123456', BOUND)
    expect(await unseal(ring, sealed, { ...BOUND, [part]: `${BOUND[part]}x` })).toBeNull()
    expect(await unseal(ring, sealed, { ...BOUND, [part]: '' })).toBeNull()
  })

  it('does not open where a part of one binding is moved into the next', async () => {
    const sealed = await seal(ring, '123456', { ...BOUND, sink: 'ab', subject: 'c' })
    expect(await unseal(ring, sealed, { ...BOUND, sink: 'a', subject: 'bc' })).toBeNull()
    expect(await unseal(ring, sealed, { ...BOUND, sink: 'ab","c', subject: '' })).toBeNull()
  })

  it('does not open when any bit of it was changed', async () => {
    const sealed = Buffer.from(await seal(ring, '123456', BOUND), 'base64url')
    for (let at = 0; at < sealed.length * 8; at += 1) {
      const bent = Buffer.from(sealed)
      bent[at >> 3] = (bent[at >> 3] ?? 0) ^ (1 << (at & 7))
      expect(await unseal(ring, bent.toString('base64url'), BOUND)).toBeNull()
    }
  })

  it.each(['', 'A', '=', 'no base64 at all', 'A'.repeat(38), 'A'.repeat(4000)])('is not %j', async (text) => {
    expect(await unseal(ring, text, BOUND)).toBeNull()
  })

  it('has one spelling', async () => {
    const sealed = await seal(ring, '123456', BOUND)
    for (const other of [`${sealed}=`, ` ${sealed}`, `${sealed}\n`]) expect(await unseal(ring, other, BOUND)).toBeNull()
  })

  it('opens with a root that was put away, and with no other use of the same root', async () => {
    const sealed = await seal(ring, '123456', BOUND)
    expect(await unseal(ringOf(SECOND, FIRST), sealed, BOUND)).toBe('123456')
    expect(await unseal(ringOf(SECOND), sealed, BOUND)).toBeNull()
    expect(await unseal(deriveKeys({ secretKey: FIRST, oldSecretKeys: [] }).codeHash, sealed, BOUND)).toBeNull()
  })
})
