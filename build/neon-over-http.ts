import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { writeWhole } from './write-whole.ts'

const ROOT = dirname(import.meta.dirname)
const DRIVER = join(ROOT, 'node_modules/@neondatabase/serverless/index.mjs')
/** Where wrangler.toml looks for it. */
const HALF = join(ROOT, 'dist/neon-over-http.js')

/**
 * Writes the half of the Neon driver that speaks HTTP. The package is one file with both halves: the other one, a client that
 * speaks over WebSockets, is half of the file, cannot be shaken out by a bundler, and would be run at the first query.
 */
export function buildNeonOverHttp() {
  writeWhole(HALF, overHttp(readFileSync(DRIVER, 'utf8')))
}

/** Exported for its test. */
export function overHttp(driver: string): string {
  const exported = (name: string) => `${find(driver, new RegExp(`([\\w$]+) as ${name}[,}]`))} as ${name}`
  const wholeClient = escaped(find(driver, /export_types=([\w$]+)\.types/))
  const load = escaped(find(driver, new RegExp(`[ ;,]${wholeClient}=[\\w$]+\\(([\\w$]+)\\(\\)\\)`)))
  // The first statement after `neon` that loads the whole client; nothing that `neon` needs stands behind it.
  const end = driver.search(new RegExp(`var [\\w$]+=[\\w$]+\\(${load}\\(\\)\\)`))
  if (end < 0) throw new Error(UNKNOWN)
  // Without these marks a bundler must take it that a module of the package does something when it is wrapped.
  const kept = driver.slice(0, end).replaceAll(/([=,])(T|we)\(/g, '$1/* @__PURE__ */$2(')
  return `${kept}\nexport{${['neon', 'neonConfig', 'NeonDbError'].map(exported)}};\n`
}

const UNKNOWN = 'The Neon driver has another form than the one that this build knows: see build/neon-over-http.ts.'

function find(driver: string, pattern: RegExp): string {
  const [, name] = pattern.exec(driver) ?? []
  if (name === undefined) throw new Error(`${UNKNOWN} It has no ${pattern}.`)
  return name
}

const escaped = (name: string) => name.replaceAll('$', '\\$')
