import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { deriveNative, derivePortable } from '../src/crypto/password-formats/pbkdf2.ts'
import { isUpToDate } from '../src/crypto/password-formats/scrypt.ts'
import { dummyHash, hashPassword, verifyPassword } from '../src/crypto/password-hash.ts'
import { FOREIGN, PASSWORD } from './support/foreign-hashes.ts'

const cost = 4
const RIGHT = { right: true, outdated: false }
const BROUGHT_ALONG = { right: true, outdated: true }
const WRONG = { right: false, outdated: false }

const verify = (password: string, stored: string) => verifyPassword(password, stored, { cost })

const CHEAP = FOREIGN.filter(([name]) => !/12$|MiB$/.test(name))

describe('our own hash', () => {
  it('is a PHC string that tells its parameters, with a salt of its own', async () => {
    const first = await hashPassword(PASSWORD, { cost })
    expect(first).toMatch(/^\$scrypt\$ln=4,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(await hashPassword(PASSWORD, { cost })).not.toBe(first)
    expect(await verify(PASSWORD, first)).toEqual(RIGHT)
  })

  it('is verified exactly (ASVS 6.2.8)', async () => {
    const long = 'p'.repeat(73)
    for (const password of [PASSWORD, long, 'e\u0301clair!', ' spaces ', 'a'.repeat(64), 'a'.repeat(65)]) {
      const stored = await hashPassword(password, { cost })
      expect(await verify(password, stored)).toEqual(RIGHT)
      const others = [
        ...[`${password} `, ` ${password}`, password.trim(), password.slice(0, -1), `${password}x`, ''],
        ...[password.toUpperCase(), password.toLowerCase(), password.normalize('NFC'), password.normalize('NFD')],
        ...[`${password}\0`, `${password}\0x`, `\0${password}`, `${password}\0${password}`, `${password}\ud800`],
      ].filter((other) => other !== password)
      for (const other of others) expect(await verify(other, stored), JSON.stringify(other)).toEqual(WRONG)
    }
  })

  it('takes U+FFFD for no lone surrogate', async () => {
    expect(await verify('pass\ud800word', await hashPassword('pass\ufffdword', { cost }))).toEqual(WRONG)
  })

  it('is never made of what is no password', async () => {
    for (const text of ['nul\0nul', '\ud800', 'a'.repeat(1025), 'ä'.repeat(513)]) {
      await expect(hashPassword(text, { cost })).rejects.toThrow('This text is no password.')
    }
    const longest = 'ä'.repeat(512)
    expect(await verify(longest, await hashPassword(longest, { cost }))).toEqual(RIGHT)
  })

  it('is outdated when a new one would cost more, and only then', async () => {
    const stored = await hashPassword(PASSWORD, { cost: 6 })
    const at = (now: number) => verifyPassword(PASSWORD, stored, { cost: now })
    expect(await at(7)).toEqual(BROUGHT_ALONG)
    expect(await at(6)).toEqual(RIGHT)
    expect(await at(5)).toEqual(RIGHT)
    const muchWorkInLittleMemory = stored.replace('ln=6,r=8,p=3', 'ln=5,r=8,p=99')
    expect(isUpToDate(muchWorkInLittleMemory, 6)).toBe(false)
  })

  it.each([0, 16, 1.5, Number.NaN])('cannot cost %d', async (impossible) => {
    await expect(hashPassword(PASSWORD, { cost: impossible })).rejects.toThrow()
  })
})

describe('a hash brought along', () => {
  it.each(FOREIGN)('%s is verified, and to be replaced', { timeout: 30_000 }, async (_, stored) => {
    expect(await verifyPassword(PASSWORD, stored, { cost: 15 })).toEqual(BROUGHT_ALONG)
  })

  it.each(CHEAP)('%s knows a wrong password, and another hash', async (_, stored) => {
    for (const other of [
      '',
      ' ',
      PASSWORD.toLowerCase(),
      `${PASSWORD} `,
      `${PASSWORD}\0`,
      `${PASSWORD}\0${PASSWORD}`,
    ]) {
      expect(await verify(other, stored), JSON.stringify(other)).toEqual(WRONG)
    }
    const at = stored.replace(/=+$/, '').length - 4
    const changed = stored.slice(0, at) + (stored[at] === 'A' ? 'B' : 'A') + stored.slice(at + 1)
    expect(await verify(PASSWORD, changed)).toEqual(WRONG)
  })

  it('of bcrypt does not vouch for byte 73 and beyond (ASVS 6.2.8)', async () => {
    const ascii = '$2b$04$kEzP4L21w.OpH9uzzKaSP.N0.bDj9Jm2aWPhv050VIk7V6kJI9JEa'
    expect(await verify('p'.repeat(72), ascii)).toEqual(BROUGHT_ALONG)
    for (const length of [71, 73, 144]) expect(await verify('p'.repeat(length), ascii)).toEqual(WRONG)
    const twoBytesEach = '$2b$04$4UO1C3p/pLzecl0KNkh7w.EThya1YftPzBkbVxPM/ss8ND4l75Kzu'
    expect(await verify('é'.repeat(36), twoBytesEach)).toEqual(BROUGHT_ALONG)
    for (const length of [35, 37]) expect(await verify('é'.repeat(length), twoBytesEach)).toEqual(WRONG)
  })
})

describe('PBKDF2', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('of more rounds than Web Crypto computes in production is computed without it', { timeout: 30_000 }, async () => {
    const native = vi.spyOn(crypto.subtle, 'deriveBits')
    const at100000 = '$pbkdf2$100000$LoXwHgNAKAUgREgpReid0w$euyoFCl3y7duSh12OrWQXCLmDsQ'
    expect(await verify(PASSWORD, at100000)).toEqual(BROUGHT_ALONG)
    expect(native).toHaveBeenCalledOnce()
    const at100001 = '$pbkdf2$100001$BABASAmhlHJOydm7d865Fw$s.AEOF3qZeihSY6GiWja8FmyrPQ'
    expect(await verify(PASSWORD, at100001)).toEqual(BROUGHT_ALONG)
    expect(native).toHaveBeenCalledOnce()
  })

  it('is the same either way', async () => {
    const text = fc.uint8Array({ maxLength: 200 })
    const digest = fc.constantFrom('sha1', 'sha256', 'sha512')
    await fc.assert(
      fc.asyncProperty(digest, text, text, fc.integer({ min: 1, max: 50 }), async (chosen, password, salt, rounds) => {
        const native = await deriveNative(chosen, password, salt, rounds)
        expect(await derivePortable(chosen, password, salt, rounds)).toEqual(native)
      }),
    )
  })
})

it('the dummy hash: is verified like any other, and no password is right', async () => {
  expect(dummyHash(15)).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$A{22}\$A{43}$/)
  expect(await verify('', dummyHash(cost))).toEqual(WRONG)
  expect(await verify(PASSWORD, dummyHash(cost))).toEqual(WRONG)
})

describe('what cannot be used', () => {
  const unusable = (reason: string) => ({ right: false, outdated: false, unusable: reason })

  it.each([
    '',
    'x',
    '!',
    '$',
    '$scrypt',
    '$2x$04$',
    '$1$salt$hash',
    '$argon2i$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$bsxnN7Q/YmnMXIdnjUFdgyBVAMQ661ES',
    'md5$a$b',
    'password',
  ])('%j is of no known format', async (stored) => {
    expect(await verify(PASSWORD, stored)).toEqual(unusable('unknown_format'))
  })

  const salt = 'c29tZXNhbHRzb21lc2FsdA'
  const hash = 'QIRjw+x+ogE4nLkIo9T/geVq6O+WlIDTstTzi1ZE3aw'
  it.each([
    '$scrypt$',
    `$scrypt$ln=4,r=8,p=3$${salt}`,
    `$scrypt$ln=04,r=8,p=3$${salt}$${hash}`,
    `$scrypt$ln=0,r=8,p=3$${salt}$${hash}`,
    `$scrypt$ln=16,r=1,p=1$${salt}$${hash}`,
    `$scrypt$r=8,ln=4,p=3$${salt}$${hash}`,
    `$scrypt$ln=4,r=8,p=3$${salt}$${hash}=`,
    `$scrypt$ln=4,r=8,p=3$${salt}$${hash.slice(0, -1)}x`,
    `$scrypt$ln=4,r=8,p=3$${salt}$${hash}\n`,
    '$2b$03$H7SBsLympAjLTJs9NiL1ZOlE/CuzP3PgtKu6ulAyFaoTqSoQFqhdq',
    '$2b$04$H7SBsLympAjLTJs9NiL1ZOlE/CuzP3PgtKu6ulAyFaoTqSoQFqhd',
    '$2b$04$H7SBsLympAjLTJs9NiL1ZOlE/CuzP3PgtKu6ulAyFaoTqSoQFqhd+',
    `$argon2id$v=19$m=15,t=1,p=2$${salt}$${hash}`,
    `$argon2id$v=18$m=64,t=1,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=64,t=0,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=64,t=1,p=1,keyid=x$${salt}$${hash}`,
    `$argon2id$v=19$m=64,t=1,p=1$c2FsdA$${hash}`,
    'pbkdf2_sha256$0$salt$QIRjw+x+ogE4nLkIo9T/geVq6O+WlIDTstTzi1ZE3aw=',
    'pbkdf2_sha256$1$salt$QIRjw+x+ogE4nLkIo9T/geVq6O+WlIDTstTzi1ZE3aw',
    'pbkdf2_sha256$1$$QIRjw+x+ogE4nLkIo9T/geVq6O+WlIDTstTzi1ZE3aw=',
    'pbkdf2_sha1$1$salt$QIRjw+x+ogE4nLkIo9T/geVq6O+WlIDTstTzi1ZE3aw=',
    `$pbkdf2-sha256$1$${salt}$${hash}`,
    `$pbkdf2-sha512$1$${salt}$${hash.replaceAll('+', '.')}`,
  ])('%s is unreadable', async (stored) => {
    expect(await verify(PASSWORD, stored)).toEqual(unusable('unreadable'))
  })

  it.each([
    `$scrypt$ln=17,r=8,p=1$${salt}$${hash}`,
    `$scrypt$ln=16,r=8,p=3$${salt}$${hash}`,
    `$scrypt$ln=14,r=8,p=9$${salt}$${hash}`,
    `$scrypt$ln=99,r=99,p=999$${salt}$${hash}`,
    '$2b$13$rj5YEzd3Bpql.komiGQPKe7jVlPMHOtpFLkuoZiIi/Mry4Ib0mH4a',
    `$argon2id$v=19$m=65537,t=1,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=65536,t=5,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=8,t=4294967295,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=1024,t=1,p=17$${salt}$${hash}`,
    'pbkdf2_sha256$1500001$salt$QIRjw+x+ogE4nLkIo9T/geVq6O+WlIDTstTzi1ZE3aw=',
    `$pbkdf2-sha256$9999999999$${salt}$${hash.replaceAll('+', '.')}`,
  ])('%s would cost an isolate too much', async (stored) => {
    expect(await verify(PASSWORD, stored)).toEqual(unusable('too_costly'))
  })

  it('never makes an exception, whatever is stored or typed', { timeout: 30_000 }, async () => {
    const prefix = fc.constantFrom('', ...FOREIGN.map(([, stored]) => stored.replace(/[^$]*$/, '')))
    const text = fc.string({ unit: 'binary', maxLength: 90 })
    await fc.assert(
      fc.asyncProperty(text, prefix, text, async (password, start, end) => {
        expect(await verify(password, start + end)).toMatchObject({ right: false, outdated: false })
      }),
      { numRuns: 1_000 },
    )
  })
})
