import { calculateJwkThumbprint } from 'jose'
import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import { loadSigningKeys, signingKeyProblems } from '../src/crypto/signing-keys.ts'
import { importVerifiers } from '../src/crypto/webcrypto-keys.ts'

const now = new Date('2026-03-01T12:00:00Z')
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000)
const pairs = ['ES256', 'EdDSA', 'RS256'] as const
const kidOf = (text: string): string => JSON.parse(text).kid
const changed = (text: string, members: object) => JSON.stringify({ ...JSON.parse(text), ...members })
const jwtSecret = 'kD8-2mXw_9fQzL4vB7nR1tYc6HsJ3pGa'

const secretJwk = { kty: 'oct', alg: 'HS256', kid: 'x', k: 'A'.repeat(43) }
const rsa = await newSigningKey('RS256', now)

const last = await newSigningKey('ES256', hours(-48))
const current = await newSigningKey('ES256', hours(-24))
const next = await newSigningKey('ES256', hours(1))
const load = (...signingKeys: (string | undefined)[]) => loadSigningKeys({ algorithm: 'ES256', signingKeys })

describe('key rotation', () => {
  it('never signs with a key whose time has not come', async () => {
    const keys = await load(next)
    expect(() => keys.signer(now)).toThrow(/reached the time/)
    expect(keys.signer(hours(2)).kid).toBe(kidOf(next))
  })

  it('the JWK set holds next, current and last, and no more', async () => {
    const older = await newSigningKey('RS256', hours(-72))
    const keys = await load(last, next, current, older)
    expect(keys.jwks(now).keys.map(({ kid }) => kid)).toEqual([next, current, last].map(kidOf))
    expect(keys.jwks(hours(2)).keys.map(({ kid }) => kid)).toEqual([next, current].map(kidOf))
  })
})

describe('what a key may do', () => {
  it.each(pairs)('16.2.5 of an %s key only public members are published', async (algorithm) => {
    const text = await newSigningKey(algorithm, now)
    const { keys } = (await loadSigningKeys({ algorithm, signingKeys: [text] })).jwks(now)
    const secrets = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].map((name) => JSON.parse(text)[name]).filter(Boolean)
    expect(keys.flatMap(Object.keys).every((name) => 'kty crv x y n e kid alg use'.split(' ').includes(name))).toBe(
      true,
    )
    expect(secrets.some((secret) => JSON.stringify(keys).includes(secret))).toBe(false)
    expect(keys[0]?.kid).toBe(await calculateJwkThumbprint(JSON.parse(text)))
  })

  it.each(pairs)('9.1.2 an %s key answers to its own algorithm alone', async (algorithm) => {
    const text = await newSigningKey(algorithm, now)
    const keys = await loadSigningKeys({ algorithm, signingKeys: [text] })
    for (const other of ['ES256', 'EdDSA', 'RS256', 'HS256', 'none', 'None', 'PS256', '', 'toString', '__proto__']) {
      expect(keys.verifier(kidOf(text), other) !== null).toBe(other === algorithm)
    }
  })

  it('9.1.3 a kid is looked up in a table, and nowhere else', async () => {
    const keys = await load(current)
    for (const kid of [
      '',
      '../../dev/null',
      '__proto__',
      'constructor',
      `${kidOf(current)}\0`,
      "' or 1=1 --",
      'https://evil.test',
    ]) {
      expect(keys.verifier(kid, 'ES256')).toBeNull()
    }
  })

  it('keys cannot be exported again', async () => {
    const keys = await load(current)
    expect(keys.signer(now).key.extractable).toBe(false)
    expect(keys.verifier(kidOf(current), 'ES256')?.key.extractable).toBe(false)
  })

  it('HS256 signs with its own secret, publishes nothing, and is off for every other algorithm', async () => {
    const keys = await loadSigningKeys({ algorithm: 'HS256', signingKeys: [current], jwtSecret })
    expect(keys.jwks(now)).toEqual({ keys: [] })
    expect(keys.verifier(keys.signer(now).kid, 'HS256')).not.toBeNull()
    const other = await loadSigningKeys({ algorithm: 'ES256', signingKeys: [current], jwtSecret })
    expect(other.verifier(keys.signer(now).kid, 'HS256')).toBeNull()
  })
})

describe('settings that cannot be used', () => {
  const problem = (text: string) => {
    const [first] = signingKeyProblems({ algorithm: 'ES256', signingKeys: [undefined, text, current] }, now)
    return first && `SIGNING_KEY_${first.slot} ${first.problem}`
  }
  const secret: string = JSON.parse(last).d

  it('finds nothing wrong with good keys', async () => {
    for (const algorithm of pairs) {
      const signingKeys = [await newSigningKey(algorithm, now), current]
      expect(signingKeyProblems({ algorithm, signingKeys }, now)).toEqual([])
    }
    expect(signingKeyProblems({ algorithm: 'HS256', signingKeys: ['rubbish'], jwtSecret }, now)).toEqual([])
  })

  it.each([
    ['no JSON', secret, /SIGNING_KEY_2 must be the JSON text of a private key/],
    ['a list', `["${secret}"]`, /must be the JSON text/],
    ['another algorithm', changed(last, { alg: 'ES384' }), /must name its algorithm/],
    ['an inherited name', changed(last, { alg: 'toString' }), /must name its algorithm/],
    ['no algorithm', changed(last, { alg: undefined }), /must name its algorithm/],
    ['an algorithm that does not fit', changed(last, { alg: 'RS256' }), /another kind/],
    ['another curve', changed(last, { crv: 'P-384' }), /another kind/],
    ['a secret where a pair belongs', JSON.stringify(secretJwk), /pair of keys/],
    ['a public key', changed(last, { d: undefined }), /no usable "d"/],
    ['a cut number', changed(last, { d: secret.slice(0, -2) }), /no usable "d"/],
    ['another spelling', changed(last, { d: `${secret}=` }), /no usable "d"/],
    ['a name of its own', changed(last, { kid: 'my-key' }), /thumbprint/],
    ['no time', changed(last, { postern_signs_from: undefined }), /from when it signs/],
    ['a time that is none', changed(last, { postern_signs_from: '2026-13-41T00:00:00Z' }), /from when it signs/],
    ['another use', changed(last, { use: 'enc' }), /not meant for signatures/],
    ['other operations', changed(last, { key_ops: ['deriveBits'] }), /not meant for signing/],
    ['the same key twice', current, /slot before it/],
  ])('names the slot, and nothing of the key: %s', (_, text, sentence) => {
    const [key] = signingKeyProblems(
      {
        algorithm: 'ES256',
        signingKeys: [text === current ? current : undefined, text],
      },
      now,
    )
    expect(`SIGNING_KEY_${key?.slot} ${key?.problem}`).toMatch(sentence)
    expect(problem(text) ?? '').not.toContain(secret.slice(0, 12))
  })

  it('wants a key for the algorithm that is set', () => {
    const missing = [{ slot: 1, problem: 'must hold a private key for EdDSA' }]
    expect(signingKeyProblems({ algorithm: 'EdDSA', signingKeys: [] }, now)).toEqual(missing)
    expect(signingKeyProblems({ algorithm: 'EdDSA', signingKeys: [current] }, now)).toEqual(missing)
  })

  it('wants a key that signs already, and one of its own algorithm', async () => {
    const problem = 'must hold a key that signs already'
    const found = (signingKeys: (string | undefined)[], at = now) =>
      signingKeyProblems({ algorithm: 'ES256', signingKeys }, at)
    expect(found([undefined, next])).toEqual([{ slot: 2, problem }])
    expect(found([rsa, next])).toEqual([{ slot: 2, problem }])
    expect(found([next, current])).toEqual([])
    expect(found([undefined, next], hours(1))).toEqual([])
  })

  it('wants a long secret for HS256', () => {
    for (const given of [undefined, '', 'short', 'a'.repeat(32)]) {
      const found = signingKeyProblems({ algorithm: 'HS256', signingKeys: [current], jwtSecret: given }, now)
      expect(found).toMatchObject([{ slot: 'jwtSecret' }])
    }
  })

  it.each([
    ['one name twice', [{ ...secretJwk, k: `${'B'.repeat(42)}A` }, secretJwk], /one kid twice/],
    ['a secret beside a public key', [secretJwk, JSON.parse(current)], /secrets beside public/],
    ['an exponent of three', [{ ...JSON.parse(rsa), e: 'Aw' }], /exponent 65537/],
    ['a short modulus', [{ ...JSON.parse(rsa), n: `${'u'.repeat(170)}g` }], /2048/],
    ['a modulus of an odd size', [{ ...JSON.parse(rsa), n: `gAAA${JSON.parse(rsa).n}` }], /2048/],
    ['a short secret', [{ ...secretJwk, k: 'A'.repeat(42) }], /32 bytes/],
    ['operations without verifying', [{ ...JSON.parse(current), key_ops: ['sign'] }], /not meant for verifying/],
    ['a name that is none', [{ ...secretJwk, kid: '' }], /must have a kid/],
  ])('9.1.3 a set of keys is refused for %s', async (_, set, sentence) => {
    await expect(importVerifiers(set)).rejects.toThrow(sentence)
  })

  it.each(pairs)('does not start with halves of two %s keys, and says nothing of them', async (algorithm) => {
    const [one, other] = [await newSigningKey(algorithm, now), await newSigningKey(algorithm, now)]
    const { d, p, q, dp, dq, qi } = JSON.parse(other)
    const failure = await loadSigningKeys({ algorithm, signingKeys: [changed(one, { d, p, q, dp, dq, qi })] }).catch(
      String,
    )
    expect(failure).toMatch(/signing key/)
    expect(failure).not.toContain(d)
  })

  it('loads nothing that was found wanting', async () => {
    await expect(load('{')).rejects.toThrow(/not checked/)
  })
})
