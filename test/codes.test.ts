import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../src/compose/config.ts'
import { hashesOfDigits, hashesOfToken, newLinkToken } from '../src/crypto/code-hash.ts'
import { deriveKeys } from '../src/crypto/keys.ts'
import { connect } from '../src/db/client.ts'
import { newDigits } from '../src/features/codes/digits.ts'
import { tidyCodes } from '../src/features/codes/tidy.ts'
import { afterwork } from './support/after-work.ts'
import { postJson } from './support/api.ts'
import { digitsMailedTo, lastMailTo, mailing, tokenIn, withLinks } from './support/mailbox.ts'
import { ANN, codeOf, from, register, registerAndLogIn } from './support/people.ts'
import { rowsOf } from './support/rows.ts'

const OLD_KEY = 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3'
const NEW_KEY = 'Z9cYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3'
const { codeHash } = deriveKeys({ secretKey: NEW_KEY, oldSecretKeys: [OLD_KEY] })
const before = deriveKeys({ secretKey: OLD_KEY, oldSecretKeys: [] }).codeHash

describe('digits', () => {
  it('6.5.4 are six, none likelier than another, at any place (openauth 8d6a243)', () => {
    const drawn = Array.from({ length: 60_000 }, () => newDigits(6))
    for (let place = 0; place < 6; place++) {
      const counts = Array.from({ length: 10 }, () => 0)
      for (const digits of drawn) counts[Number(digits[place])] = (counts[Number(digits[place])] ?? 0) + 1
      const chiSquared = counts.reduce((sum, count) => sum + (count - 6_000) ** 2 / 6_000, 0)
      // Nine degrees of freedom: a fair draw is above this once in a hundred million times.
      expect(chiSquared).toBeLessThan(55)
    }
  })

  it('6.5.4 bytes from 250 on are thrown away, and not folded onto the digits 0 to 5', () => {
    const bytes = [250, 251, 252, 253, 254, 255, 249, 0, 10, 99, 7, 128]
    expect(newDigits(6, (into) => into.map((_, at) => bytes[at] ?? 0))).toBe('900978')
  })

  it('go on where a draw gave too few', () => {
    let call = 0
    expect(newDigits(7, (into) => into.fill(call++ < 3 ? 255 : 4))).toBe('4444444')
  })
})

describe('what is stored of a code', () => {
  it('6.5.2 is a keyed hash: another key, purpose, account or kind gives another', () => {
    const [hash] = hashesOfDigits(codeHash, 'reset_password', ANN, '012345')
    const others = [
      hashesOfDigits(before, 'reset_password', ANN, '012345'),
      hashesOfDigits(codeHash, 'verify_email', ANN, '012345'),
      hashesOfDigits(codeHash, 'reset_password', 'bob@example.com', '012345'),
      hashesOfDigits(codeHash, 'reset_password', ANN, '012346'),
      hashesOfToken(codeHash, 'reset_password', '012345'),
    ].map(([each]) => each)
    expect(new Set([hash, ...others]).size).toBe(6)
  })

  it('6.5.2 parts that run into one another are no other code', () => {
    const [one] = hashesOfDigits(codeHash, 'a', 'b"', ',"c')
    const [other] = hashesOfDigits(codeHash, 'a', 'b', '","c')
    expect(one).not.toBe(other)
  })

  it('key-rotation a code that was stored under the key before is found under the new one', () => {
    const [stored] = hashesOfDigits(before, 'reset_password', ANN, '012345')
    expect(hashesOfDigits(codeHash, 'reset_password', ANN, '012345')).toEqual([expect.any(String), stored])
  })

  it('6.4.1 a link has 256 random bits', () => {
    const tokens = Array.from({ length: 1_000 }, newLinkToken)
    expect(new Set(tokens).size).toBe(1_000)
    for (const token of tokens) expect(token).toMatch(/^[\w-]{43}$/)
  })
})

describe('16.2.5 nothing of a code', () => {
  it('stands in a row in clear, in an event, in a log, or in an answer', async () => {
    const said: unknown[][] = []
    for (const level of ['log', 'warn', 'info', 'debug'] as const)
      vi.spyOn(console, level).mockImplementation((...words) => void said.push(words))
    const bindings = withLinks()
    const answers: string[] = []
    const post = async (path: string, body: object, headers = {}) => {
      const answer = await postJson(path, body, { ...from('203.0.113.7'), ...headers }, bindings)
      answers.push(JSON.stringify([...answer.headers]) + (await answer.text()))
      return answer
    }
    const { access_token } = await registerAndLogIn()
    const secrets: string[] = []
    const rows: unknown[] = []
    const collect = async (address: string) => {
      const mail = await lastMailTo(address)
      secrets.push(await digitsMailedTo(address))
      if (mail.text.includes('#token=')) secrets.push(tokenIn(mail))
      rows.push(await rowsOf('codes'), await rowsOf('outbox'))
    }
    await post('/auth/password/forgot', { email: ANN })
    await collect(ANN)
    await post('/auth/email/send-code', { email: ANN })
    await collect(ANN)
    await post(
      '/auth/email/change',
      { email: 'ann@new.example', password: 'correct horse battery' },
      {
        authorization: `Bearer ${access_token}`,
      },
    )
    await collect('ann@new.example')
    const stop = tokenIn(await lastMailTo(ANN))
    secrets.push(stop)
    await post('/auth/password/reset', { email: ANN, code: secrets[0], new_password: 'another horse battery' })
    await post('/auth/email/verify', { email: ANN, code: secrets[2] })
    await post('/auth/email/stop', { token: stop })
    await afterwork()
    rows.push(await rowsOf('codes'), await rowsOf('outbox'), await rowsOf('users'))
    expect(secrets).toHaveLength(5)
    const everything = JSON.stringify([rows, said, answers])
    for (const secret of secrets) expect(everything).not.toMatch(new RegExp(`(?<![\\w-])${secret}(?![\\w-])`))
  })

  it('6.5.2 is left once the mail has arrived: the sealed part is erased with it', async () => {
    await register()
    await postJson('/auth/password/forgot', { email: ANN }, from('203.0.113.7'), withLinks())
    await afterwork()
    const rows = await rowsOf<{ type: string; state: string; sealed: string | null }>('outbox')
    expect(rows.filter(({ type }) => type === 'code_mailed')).toMatchObject([{ state: 'delivered', sealed: null }])
  })
})

it('old codes: are forgotten when nothing can be done with them, and the hash of a registration after a day', async () => {
  const start = Date.UTC(2030, 0, 1)
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  await register()
  await postJson('/auth/password/forgot', { email: ANN }, from('203.0.113.7'), mailing())
  const bob = { email: 'bob@example.com', password: 'correct horse battery' }
  await postJson('/auth/register', bob, from('203.0.113.7'), mailing({ EMAIL_VERIFICATION: 'before' }))
  const left = async (hours: number) => {
    await tidyCodes({ db: () => connect(parseConfig(env)), now: () => new Date(start + hours * 3_600_000) })
    return (await rowsOf<{ purpose: string }>('codes')).map(({ purpose }) => purpose).toSorted()
  }
  expect(await left(1)).toEqual(['register', 'reset_password'])
  expect(await left(25)).toEqual(['reset_password'])
  expect(await left(73)).toEqual([])
  expect(await codeOf(await postJson('/auth/password/reset', { token: 'x', new_password: 'another horse' }))).toBe(
    '400 invalid_code',
  )
})
