import { execFile } from 'node:child_process'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv, promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { readRequest } from '../../cli/keys/request.ts'
import { at, inOwnFolder, keys, kidOf, load, minutes, read, refusalOf } from '../support/keys-command.ts'

inOwnFolder()

describe('the keys of .dev.vars', () => {
  const vars = async () => parseEnv(await read('.dev.vars'))
  const given = (...texts: string[]) =>
    writeFile(
      at('.dev.vars'),
      [
        '# mine',
        'SECRET_KEY="dev_x"',
        ...texts.map((text, index) => `SIGNING_KEY_${index + 1}='${text}'`),
        'ISSUER=x # y',
        '',
      ].join('\n'),
    )

  it('key rotation from the first key to the retirement of the last, end to end', async () => {
    await given()
    expect((await keys('rotate')).output).toMatch(/SIGNING_KEY_1: ES256/)
    const first = (await load(await vars())).signer(new Date()).kid

    expect((await keys('rotate', '--minutes', '30')).output).toMatch(/SIGNING_KEY_2/)
    const rotated = await load(await vars())
    const second = rotated.signer(minutes(31)).kid
    expect(rotated.signer(new Date()).kid).toBe(first)
    expect(rotated.jwks(new Date()).keys.map(({ kid }) => kid)).toEqual([second, first])
    expect((await keys('list')).output).toMatch(new RegExp(`1  ${first}.*current\n.*2  ${second}.*next`))
    expect(await refusalOf('rotate')).toMatch(/waiting already/)
    expect(await refusalOf('retire')).toMatch(/no key to retire/)
    expect((await read('.dev.vars')).split('\n').slice(0, 3)).toEqual(['# mine', 'SECRET_KEY="dev_x"', 'ISSUER=x # y'])
    expect((await stat(at('.dev.vars'))).mode & 0o777).toBe(0o600)
  })

  it('a kid that begins with a hyphen is a kid, wherever it stands', () => {
    const kid = `-${'G'.repeat(42)}`
    expect(readRequest(['retire', kid])).toMatchObject({ command: 'retire', kid })
    expect(readRequest(['retire', kid, '--compromised'])).toMatchObject({ command: 'retire', kid, compromised: true })
    expect(() => readRequest(['retire', '-G'])).toThrow(/-G/)
  })

  it('key rotation: the last key stays until its tokens have expired', async () => {
    const [last, current] = [await newSigningKey('ES256', minutes(-60)), await newSigningKey('ES256', minutes(-14))]
    await given(last, current)
    expect((await keys('list')).output).toMatch(/last, its tokens live until/)
    expect(await refusalOf('retire')).toMatch(/alive until/)
    expect(await refusalOf('retire', kidOf(current))).toMatch(/the current key/)

    await given(last, await newSigningKey('ES256', minutes(-16)))
    expect((await keys('retire')).output).toContain(`removed ${kidOf(last)}`)
    expect((await vars()).SIGNING_KEY_1).toBeUndefined()
    expect((await vars()).SIGNING_KEY_2).toBeDefined()
  })

  it('a longer life of tokens is waited for', async () => {
    await given(await newSigningKey('ES256', minutes(-60)), await newSigningKey('ES256', minutes(-16)))
    await writeFile(at('.dev.vars'), `${await read('.dev.vars')}ACCESS_TOKEN_EXPIRE_MINUTES=20\n`)
    expect(await refusalOf('retire')).toMatch(/alive until/)
  })

  it('with all slots full, the oldest retired key makes room, and none that lives', async () => {
    const texts = await Promise.all([-10, -300, -200, -100].map((age) => newSigningKey('ES256', minutes(age))))
    await given(...texts)
    const { output } = await keys('rotate')
    expect(output).toContain(`removed ${kidOf(texts[1] ?? '')}`)
    expect(output).toMatch(/as SIGNING_KEY_2/)

    await given(...(await Promise.all([-4, -3, -2, -1].map((age) => newSigningKey('ES256', minutes(age))))))
    expect(await refusalOf('rotate')).toMatch(/All four slots/)
  })

  it('a compromised current key goes at once, and the next one signs', async () => {
    const [current, next] = [await newSigningKey('ES256', minutes(-60)), await newSigningKey('ES256', minutes(60))]
    await given(current, next)
    expect((await keys('retire', '--compromised')).code).toBe(0)
    const left = await load(await vars())
    expect(left.signer(new Date()).kid).toBe(kidOf(next))
    expect(left.verifier(kidOf(current), 'ES256')).toBeNull()
  })

  it('a compromised current key without a next one gets a successor, even when all slots are full', async () => {
    const texts = await Promise.all([-1, -4, -3, -2].map((age) => newSigningKey('ES256', minutes(age))))
    await given(...texts)
    const { output } = await keys('retire', '--compromised')
    expect(output).toContain(`removed ${kidOf(texts[1] ?? '')} to make room`)
    const left = await load(await vars())
    expect(texts.map(kidOf)).not.toContain(left.signer(new Date()).kid)
    expect(left.verifier(kidOf(texts[0] ?? ''), 'ES256')).toBeNull()
    expect(left.verifier(kidOf(texts[2] ?? ''), 'ES256')).not.toBeNull()
  })

  it('a compromised key that does not sign is only removed', async () => {
    const [last, current] = [await newSigningKey('ES256', minutes(-60)), await newSigningKey('ES256', minutes(-1))]
    await given(last, current)
    await keys('retire', '--compromised', kidOf(last))
    expect(await vars()).toMatchObject({ SIGNING_KEY_2: current })
    expect((await vars()).SIGNING_KEY_1).toBeUndefined()
  })

  it('a key for another algorithm waits for ALGORITHM, and is not taken for a retired one', async () => {
    await given(await newSigningKey('ES256', minutes(-600)))
    await keys('rotate', '--algorithm', 'EdDSA', '--minutes', '0')
    expect((await keys('list')).output).toMatch(/ES256 .*current\n.*EdDSA .*last/)
    expect((await keys('retire')).code).toBe(1)
    expect(Object.keys(await vars())).toContain('SIGNING_KEY_2')
  })

  it.each([
    [['rotate', '--algorithm', 'HS256'], /JWT_SECRET/],
    [['rotate', '--minutes', 'soon'], /whole number/],
    [['retire', 'nobody'], /no key nobody/],
    [['rotat'], /npm run keys -- <command>/],
    [[], /npm run keys -- <command>/],
    [['list', 'a', 'b'], /one word too many/],
    [['list', '--nonsense'], /nonsense/],
    [['list', '--env', '../x'], /--env/],
  ])('says in one sentence what is wrong: %o', async (words, sentence) => {
    await given(await newSigningKey('ES256', minutes(-60)))
    expect(await refusalOf(...words)).toMatch(sentence)
  })

  it('16.2.5 says nothing of a key, be it good or damaged', async () => {
    const text = await newSigningKey('ES256', minutes(-60))
    const secret: string = JSON.parse(text).d
    await given(text)
    for (const words of [['list'], ['rotate'], ['retire'], ['retire', '--compromised']]) {
      expect((await keys(...words)).output).not.toContain(secret)
    }
    await given(text.replace('"kty"', '"kitty"'))
    const { code, output } = await keys('list')
    expect([code, output]).toEqual([1, expect.stringMatching(/SIGNING_KEY_1 in .dev.vars/)])
    expect(output).not.toContain(secret)
  })

  it('as a command: prints to one stream or the other, and never a stack', async () => {
    const command = join(import.meta.dirname, '../../cli/keys.ts')
    const run = (...words: string[]) => promisify(execFile)(process.execPath, [command, ...words], { cwd: at('.') })
    await given(await newSigningKey('ES256', minutes(-60)))
    expect((await run('list')).stdout).toMatch(/^SIGNING_KEY_1 .*current\n$/)
    const refused = { code: 1, stdout: '', stderr: 'There is no key to retire: rotate first.\n' }
    await expect(run('retire')).rejects.toMatchObject(refused)
  })

  it('wants a file, and pairs of keys', async () => {
    expect(await refusalOf('list')).toMatch(/npm run dev/)
    await writeFile(at('.dev.vars'), 'ALGORITHM=HS256\n')
    expect(await refusalOf('rotate')).toMatch(/JWT_SECRET/)
  })
})
