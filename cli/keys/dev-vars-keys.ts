import { readFile, rename, writeFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { isAlgorithm, SIGNS_FROM } from '../../src/crypto/algorithms.ts'
import { parseObject } from '../../src/crypto/json.ts'
import { signingKeyProblem } from '../../src/crypto/jwk-check.ts'
import { Complaint } from '../complaint.ts'
import { type Place, settingOf } from './place.ts'
import type { KnownKey } from './plan.ts'

const SLOTS = [1, 2, 3, 4]
const TOKEN_MINUTES = 15

/** The keys of this machine's Worker. wrangler sees the file change and starts the Worker anew. */
export function keysInDevVars(path: string): Place {
  const read = async () => {
    const text = await readFile(path, 'utf8').catch(() => {
      throw new Complaint('There is no .dev.vars here. `npm run dev` makes one.')
    })
    return { text, vars: parseEnv(text) }
  }
  const algorithm = async () => {
    const name = (await read()).vars.ALGORITHM || 'ES256'
    if (!isAlgorithm(name)) throw new Complaint(`ALGORITHM in .dev.vars is ${name}, which nobody knows.`)
    if (name === 'HS256')
      throw new Complaint('HS256 signs with JWT_SECRET, so there are no pairs of keys to look after.')
    return name
  }
  const write = async (slot: number, value: string | undefined) => {
    const { text, vars } = await read()
    const edited = withSetting(text, settingOf(slot), value)
    const { [settingOf(slot)]: _, ...others } = vars
    const wanted = value === undefined ? others : { ...others, [settingOf(slot)]: value }
    if (!sameSettings(parseEnv(edited), wanted))
      throw new Complaint(
        `Edit ${settingOf(slot)} in .dev.vars by hand: it is written in a way that this command would break.`,
      )
    await writeFile(`${path}.new`, edited, { mode: 0o600 })
    await rename(`${path}.new`, path)
  }
  return {
    name: '.dev.vars',
    algorithm,
    keys: async () => {
      const { vars } = await read()
      return SLOTS.flatMap((slot) => knownKey(vars[settingOf(slot)], slot))
    },
    tokenSeconds: async () => Number((await read()).vars.ACCESS_TOKEN_EXPIRE_MINUTES || TOKEN_MINUTES) * 60,
    put: ({ slot }, text) => write(slot, text),
    remove: ({ slot }) => write(slot, undefined),
    beginNow: async ({ slot }, now) => {
      const jwk = parseObject((await read()).vars[settingOf(slot)] ?? '')
      await write(slot, JSON.stringify({ ...jwk, [SIGNS_FROM]: now.toISOString() }))
      return true
    },
  }
}

function knownKey(text: string | undefined, slot: number): KnownKey[] {
  if (!text) return []
  const jwk = parseObject(text)
  const problem = jwk ? signingKeyProblem(jwk) : 'must be the JSON text of a private key'
  if (problem) throw new Complaint(`${settingOf(slot)} in .dev.vars ${problem}.`)
  if (!isAlgorithm(jwk?.alg) || jwk.alg === 'HS256') return []
  return [{ slot, kid: String(jwk.kid), algorithm: jwk.alg, signsFrom: new Date(String(jwk[SIGNS_FROM])) }]
}

/** The text with this one line changed, added after its kin, or gone. No value of ours holds a single quote. */
function withSetting(text: string, name: string, value: string | undefined): string {
  const lines = text.replace(/\n$/, '').split('\n')
  const at = lines.findIndex(
    (line) =>
      line
        .trimStart()
        .replace(/^export\s+/, '')
        .match(/^\w+/)?.[0] === name,
  )
  const line = value === undefined ? [] : [`${name}='${value}'`]
  if (at >= 0) lines.splice(at, 1, ...line)
  else lines.splice(lines.findLastIndex((one) => /^\s*SIGNING_KEY_\d/.test(one)) + 1 || lines.length, 0, ...line)
  return `${lines.join('\n')}\n`
}

const sameSettings = (a: NodeJS.Dict<string>, b: NodeJS.Dict<string>) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())
