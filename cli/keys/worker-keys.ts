import { spawn } from 'node:child_process'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Complaint } from '../complaint.ts'
import { type Place, settingOf } from './place.ts'
import type { KnownKey } from './plan.ts'

/** The longest that ACCESS_TOKEN_EXPIRE_MINUTES allows: nobody here can read what the Worker was told. */
const LONGEST_TOKEN_MINUTES = 24 * 60

const KeyRecord = z.object({
  keys: z.array(
    z.object({
      slot: z.int().min(1).max(4),
      kid: z.string().min(1),
      algorithm: z.enum(['ES256', 'EdDSA', 'RS256']),
      signsFrom: z.iso.datetime().transform((text) => new Date(text)),
    }),
  ),
})

const Secrets = z.array(z.object({ name: z.string() }))

/**
 * A secret can be written and deleted but not read back, so what is public about the keys stands in a file beside
 * wrangler.toml, to be committed. It is written before a secret is put and after one is deleted: a key that never arrived is then
 * missing from wrangler's own list, and is dropped at the next look.
 */
export function keysInWorker(options: {
  folder: string
  environment: string | undefined
  tokenMinutes: number | undefined
}): Place {
  const { folder, environment, tokenMinutes } = options
  const name = environment === undefined ? 'signing-keys.json' : `signing-keys.${environment}.json`
  const record = join(folder, name)
  // An empty name is the top-level Worker; without any, CLOUDFLARE_ENV of this shell would choose another one.
  const wrangler = (words: string[], input?: string) =>
    runWrangler(folder, [...words, '--env', environment ?? ''], input)
  const recorded = async () => {
    const text = await readFile(record, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '{"keys":[]}'
      throw error
    })
    return parse(KeyRecord, text, `${name} is damaged. Take it back from your version control.`).keys
  }
  const write = async (keys: readonly KnownKey[]) => {
    await writeFile(`${record}.new`, `${JSON.stringify({ keys }, null, 2)}\n`)
    await rename(`${record}.new`, record)
  }
  const keys = async () => {
    const listed = await wrangler(['secret', 'list', '--format', 'json'])
    const secrets = parse(Secrets, listed, 'wrangler answered something else than a list of secrets.')
    const names = secrets.map(({ name }) => name).filter((name) => /^SIGNING_KEY_[1-4]$/.test(name))
    const all = await recorded()
    const unknown = names.filter((name) => !all.some(({ slot }) => settingOf(slot) === name))
    if (unknown.length > 0) {
      throw new Complaint(
        `${name} knows nothing of ${unknown.join(', ')}, which the Worker has. Take the right file back from your version control, or delete the secret.`,
      )
    }
    return all.filter(({ slot }) => names.includes(settingOf(slot)))
  }
  return {
    name: `the secrets of ${environment === undefined ? 'the Worker' : `the Worker's environment ${environment}`}`,
    algorithm: async () => undefined,
    tokenSeconds: async () => (tokenMinutes ?? LONGEST_TOKEN_MINUTES) * 60,
    keys,
    put: async (key, text) => {
      await write([...(await keys()), key])
      await wrangler(['secret', 'put', settingOf(key.slot)], text)
    },
    remove: async (key) => {
      await wrangler(['secret', 'delete', settingOf(key.slot)])
      await write((await recorded()).filter(({ kid }) => kid !== key.kid))
    },
    beginNow: async () => false,
  }
}

/** The value goes through standard input, since arguments are visible in the list of processes. */
function runWrangler(folder: string, words: string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('wrangler', words, { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
    child.on('error', () =>
      reject(new Complaint('wrangler is not there. Run this as `npm run keys -- …` after `npm ci`.')),
    )
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else
        reject(
          new Complaint(
            `wrangler ${words.slice(0, 3).join(' ')} failed. Nothing that is recorded as done is lost; try again.`,
          ),
        )
    })
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      // It ended without reading; its exit code says why.
      if (error.code !== 'EPIPE') reject(error)
    })
    child.stdin.end(input ?? '')
  })
}

function parse<T>(schema: z.ZodType<T>, text: string, complaint: string): T {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw new Complaint(complaint, { cause: error })
  }
}
