import { chmod, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { at, inOwnFolder, keys, kidOf, load, minutes, read, refusalOf } from '../support/keys-command.ts'

/** Keeps secrets in a file and records what it was asked, as the deployed Worker and a list of processes would. */
const WRANGLER = `#!${process.execPath}
const { readFileSync, writeFileSync, appendFileSync } = require('node:fs')
const [, verb, name] = process.argv.slice(2)
const secrets = JSON.parse(readFileSync('secrets.json', 'utf8'))
const input = readFileSync(0, 'utf8')
appendFileSync('calls.log', JSON.stringify({ argv: process.argv.slice(2), input }) + '\\n')
if (readFileSync('refuses', 'utf8') === verb) process.exit(1)
if (verb === 'list') console.log(JSON.stringify(Object.keys(secrets).map((name) => ({ name, type: 'secret_text' }))))
if (verb === 'put') secrets[name] = input
if (verb === 'delete') delete secrets[name]
writeFileSync('secrets.json', JSON.stringify(secrets))
`

inOwnFolder()

describe('the keys of a deployed Worker', () => {
  const secrets = async () => JSON.parse(await read('secrets.json'))
  const calls = async () =>
    (await read('calls.log'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  const deploy = (first: Record<string, string> = {}) =>
    Promise.all([
      writeFile(at('wrangler'), WRANGLER).then(() => chmod(at('wrangler'), 0o755)),
      writeFile(at('secrets.json'), JSON.stringify(first)),
      writeFile(at('calls.log'), ''),
      writeFile(at('refuses'), ''),
    ])

  it('16.2.5 go to wrangler through its standard input, and nowhere else', async () => {
    await deploy()
    expect((await keys('rotate', '--production')).code).toBe(0)
    const [put] = (await calls()).filter(({ argv }) => argv[1] === 'put')
    expect(put.argv).toEqual(['secret', 'put', 'SIGNING_KEY_1', '--env', ''])
    const { d } = JSON.parse(put.input)
    expect(await secrets()).toEqual({ SIGNING_KEY_1: put.input })
    expect(JSON.stringify((await calls()).map(({ argv }) => argv))).not.toContain(d)
    expect(await read('signing-keys.json')).not.toContain(d)
    expect((await load(await secrets())).signer(new Date()).kid).toBe(kidOf(put.input))
  })

  it('key rotation: next, current, last, and retired when its tokens are dead', async () => {
    await deploy()
    await keys('rotate', '--production')
    const first = (await load(await secrets())).signer(new Date()).kid
    await keys('rotate', '--production', '--minutes', '0')
    const second = (await load(await secrets())).signer(minutes(1)).kid
    expect(second).not.toBe(first)
    expect((await keys('list', '--production')).output).toMatch(new RegExp(`${first}.*last.*\n.*${second}.*current`))
    expect(await refusalOf('retire', '--production')).toMatch(/alive until/)
    expect((await keys('retire', '--production', '--token-minutes', '0')).output).toContain(`removed ${first}`)
    expect(Object.keys(await secrets())).toEqual(['SIGNING_KEY_2'])
    expect((await keys('list', '--production')).output).not.toContain(first)
  })

  it('a compromised key: its successor is put before it is deleted', async () => {
    await deploy()
    await keys('rotate', '--production')
    await keys('rotate', '--production')
    const leaked = (await load(await secrets())).signer(new Date()).kid
    await keys('retire', '--production', '--compromised')
    const left = await load(await secrets())
    expect(left.verifier(leaked, 'ES256')).toBeNull()
    expect(left.signer(new Date()).kid).not.toBe(leaked)
    const changes = (await calls())
      .map(({ argv }) => argv.slice(1, 3).join(' '))
      .filter((call) => !call.startsWith('list'))
    expect(changes.slice(-2)).toEqual(['put SIGNING_KEY_3', 'delete SIGNING_KEY_1'])
  })

  it('a key that never arrived is forgotten, and a deletion that failed is not', async () => {
    await deploy()
    await writeFile(at('refuses'), 'put')
    expect(await refusalOf('rotate', '--production')).toMatch(/put .* failed/)
    await writeFile(at('refuses'), '')
    expect((await keys('list', '--production')).output).toMatch(/There is no signing key/)
    await keys('rotate', '--production')
    await writeFile(at('refuses'), 'delete')
    expect((await keys('retire', '--production', '--compromised')).code).toBe(1)
    expect((await keys('list', '--production')).output.match(/SIGNING_KEY_/g)).toHaveLength(2)
  })

  it('does not touch a Worker that has keys it knows nothing of', async () => {
    await deploy({ SIGNING_KEY_2: 'somebody’s', RESEND_API_KEY: 'other' })
    for (const command of ['list', 'rotate', 'retire']) {
      expect(await refusalOf(command, '--production')).toMatch(/knows nothing of SIGNING_KEY_2/)
    }
    expect(Object.keys(await secrets())).toEqual(['SIGNING_KEY_2', 'RESEND_API_KEY'])
  })

  it('keeps environments apart', async () => {
    await deploy()
    await keys('rotate', '--env', 'staging')
    expect((await calls()).map(({ argv }) => argv.at(-1))).toEqual(expect.arrayContaining(['staging']))
    expect(JSON.parse(await read('signing-keys.staging.json')).keys).toHaveLength(1)
    await expect(read('signing-keys.json')).rejects.toThrow(/ENOENT/)
  })

  it('says what is wrong with its own file', async () => {
    await deploy()
    await writeFile(at('signing-keys.json'), '{"keys": 7}')
    expect(await refusalOf('list', '--production')).toMatch(/is damaged/)
  })
})
