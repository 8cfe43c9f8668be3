import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

export type Built = {
  /** The whole Worker in one module, as it would be uploaded. */
  code: string
  /** What the platform counts: all modules of the upload, compressed. */
  gzipKiB: number
  compatibilityDate: string
  compatibilityFlags: string[]
  durableObjects: string[]
}

/** What `wrangler deploy` would upload, made without uploading it. The Workers of the measurements are built like the product. */
export async function build(configFile = 'wrangler.toml'): Promise<Built> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-build-'))
  const cli = join(ROOT, 'node_modules/wrangler/wrangler-dist/cli.js')
  const words = ['deploy', '--dry-run', '--minify', '--config', configFile, '--outdir', folder]
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', cli, ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_LOG_PATH: join(folder, 'logs'),
    },
  })
  const [, kib] = /^Total Upload: .* \/ gzip: ([\d.]+) KiB$/m.exec(stdout) ?? []
  if (status !== 0 || kib === undefined) throw new Error(`wrangler does not build ${configFile}:\n${stdout}${stderr}`)
  const toml = readFileSync(join(ROOT, configFile), 'utf8')
  const [, main = ''] = /^main = ".*?([^/"]+)\.ts"$/m.exec(toml) ?? []
  const code = readFileSync(join(folder, `${main}.js`), 'utf8')
  await rm(folder, { recursive: true })
  return { code, gzipKiB: Number(kib), ...runtimeSettings(toml) }
}

/** Of `wrangler.toml`, the few lines that workerd must know too. */
function runtimeSettings(toml: string): Omit<Built, 'code' | 'gzipKiB'> {
  const texts = (line = '') => [...line.matchAll(/"([^"]+)"/g)].map(([, text = '']) => text)
  const named = (name: string) => texts(new RegExp(`^${name} = (.*)$`, 'm').exec(toml)?.[1])
  const [compatibilityDate = ''] = named('compatibility_date')
  return {
    compatibilityDate,
    compatibilityFlags: named('compatibility_flags'),
    durableObjects: named('new_sqlite_classes'),
  }
}
