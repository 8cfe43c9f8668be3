import { decodeJwt } from 'jose'
import { expect, it, vi } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import { verifyAccessToken } from '../src/crypto/access-token.ts'
import { toBase64url } from '../src/crypto/bytes.ts'
import { loadSigningKeys } from '../src/crypto/signing-keys.ts'
import { createVerifiedCache } from '../src/crypto/verified-cache.ts'
import { expected, issue, keys, later, now } from './support/access-tokens.ts'

const load = async (...texts: string[]) => loadSigningKeys({ algorithm: 'ES256', signingKeys: texts })

/** Answers as the service does, and says how many signatures that took. */
function service(limit?: number) {
  const remembered = createVerifiedCache(limit)
  const counted = vi.spyOn(crypto.subtle, 'verify')
  return async (token: string, more: Partial<Parameters<typeof verifyAccessToken>[2]> = {}, by = keys) => {
    counted.mockClear()
    const answer = await verifyAccessToken(by, token, { ...expected, remembered, ...more })
    return [answer.ok ? answer.claims.username : answer.reason, counted.mock.calls.length]
  }
}

it('a good signature is computed once', async () => {
  const ask = service()
  const token = await issue()
  expect(await ask(token)).toEqual(['ann', 1])
  expect(await ask(token)).toEqual(['ann', 0])
})

it('9.1.1 the same jti with an altered payload is refused after a hit', async () => {
  const ask = service()
  const token = await issue()
  await ask(token)
  const [header, payload, signature] = token.split('.')
  const altered = toBase64url(new TextEncoder().encode(JSON.stringify({ ...decodeJwt(token), roles: ['admin'] })))
  expect(await ask(`${header}.${altered}.${signature}`)).toEqual(['signature', 1])
  expect(await ask(`${header}.${payload}.${signature?.slice(0, -4)}AAAA`)).toEqual(['signature', 1])
  for (const spelling of [`${token}=`, ` ${token}`, `${token}\n`])
    expect((await ask(spelling))[0]).toMatch(/malformed|header/)
})

it('9.2.1 time, issuer and audience are asked again at each use', async () => {
  const ask = service()
  const token = await issue()
  await ask(token)
  expect(await ask(token, { now: later(899) })).toEqual(['ann', 0])
  expect(await ask(token, { now: later(900) })).toEqual(['expired', 0])
  expect(await ask(token, { now: later(900), readExpired: true })).toEqual(['ann', 0])
  expect(await ask(token, { now: later(-60) })).toEqual(['not_yet', 0])
  expect(await ask(token, { issuer: 'https://other.example.com' })).toEqual(['issuer', 0])
  expect(await ask(token, { audience: 'other' })).toEqual(['audience', 0])
})

it('failures are not remembered', async () => {
  const ask = service()
  const token = await issue()
  const [header, payload] = token.split('.')
  const forged = `${header}.${payload}.${toBase64url(new Uint8Array(64))}`
  expect(await ask(forged)).toEqual(['signature', 1])
  expect(await ask(forged)).toEqual(['signature', 1])
  expect(await ask(token, { now: later(900) })).toEqual(['expired', 1])
  expect(await ask(token, { now: later(900) })).toEqual(['expired', 1])
})

it('key rotation: a remembered token dies with its key', async () => {
  const ask = service()
  const token = await issue()
  await ask(token)
  const without = await load(await newSigningKey('ES256', now))
  expect(await ask(token, {}, without)).toEqual(['unknown_key', 0])
  expect(await ask(token)).toEqual(['ann', 1])
})

it('holds so many and no more, and forgets the one that was not used for longest', async () => {
  const ask = service(2)
  const [first, second, third] = [
    await issue({ username: 'first' }),
    await issue({ username: 'second' }),
    await issue({ username: 'third' }),
  ]
  await ask(first)
  await ask(second)
  await ask(first)
  await ask(third)
  expect(await ask(first)).toEqual(['first', 0])
  expect(await ask(third)).toEqual(['third', 0])
  expect(await ask(second)).toEqual(['second', 1])
})

it('what is remembered cannot be changed by who reads it', async () => {
  const remembered = createVerifiedCache()
  const asked = { ...expected, remembered }
  const token = await issue()
  await verifyAccessToken(keys, token, asked)
  const answer = await verifyAccessToken(keys, token, asked)
  expect(answer.ok && Object.isFrozen(answer.claims) && Object.isFrozen(answer.claims.roles)).toBe(true)
})
