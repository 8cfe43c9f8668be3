import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { Complaint } from '../../cli/complaint.ts'
import { runKeysCommand } from '../../cli/keys/commands.ts'
import { loadSigningKeys } from '../../src/crypto/signing-keys.ts'

let folder: string

/** A folder of its own for each test, in which `wrangler` is found first. */
export function inOwnFolder() {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-keys-'))
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })
}

export const at = (name: string) => join(folder, name)
export const read = (name: string) => readFile(at(name), 'utf8')
export const minutes = (count: number) => new Date(Date.now() + count * 60_000)
export const kidOf = (text: string): string => JSON.parse(text).kid

export async function keys(...words: string[]): Promise<{ code: number; output: string }> {
  try {
    return { code: 0, output: (await runKeysCommand(words, folder)).join('\n') }
  } catch (error) {
    if (!(error instanceof Complaint)) throw error
    return { code: 1, output: error.message }
  }
}

/** What a command says that is refused. */
export async function refusalOf(...words: string[]): Promise<string> {
  const { code, output } = await keys(...words)
  expect(code).toBe(1)
  return output
}

/** The keys as the Worker would load them. */
export function load(vars: NodeJS.Dict<string>) {
  const signingKeys = [1, 2, 3, 4].map((slot) => vars[`SIGNING_KEY_${slot}`])
  return loadSigningKeys({ algorithm: 'ES256', signingKeys })
}
