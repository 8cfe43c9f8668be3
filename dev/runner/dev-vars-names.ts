import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SETTINGS } from '../../src/compose/features.ts'
import { nearest } from './nearest.ts'

const KNOWN = Object.keys(SETTINGS)
/** The runner's own, which it takes from the environment alone. */
const OF_THE_RUNNER = ['PORT', 'DEV_PORT', 'EXAMPLE_PORT']

/** What `.dev.vars` says and nobody reads: the Worker knows no such name, and a missing `=` is passed over. */
export async function remarksOnDevVars(root: string): Promise<string[]> {
  return remarksOn(await readFile(join(root, '.dev.vars'), 'utf8'))
}

/** Names and line numbers alone: a value may be a secret, and so may a line that is no setting. */
export function remarksOn(text: string): string[] {
  return assignmentsIn(text).flatMap((line) => remarkOn(line) ?? [])
}

function remarkOn({ number, name, ends }: Assignment): string | undefined {
  const place = `.dev.vars, line ${number}`
  if (name === undefined) return `${place} is no setting: NAME="value" is expected.`
  if (!ends) return `${place}: the quote of ${name} does not end.`
  if (KNOWN.includes(name)) return undefined
  if (OF_THE_RUNNER.includes(name))
    return `${place}: ${name} is no setting of the service; type it before the command: ${name}=… npm run dev`
  const meant = nearest(name, KNOWN)
  if (meant !== undefined) return `${place}: ${name} is no setting; did you mean ${meant}?`
  // The end of a pasted secret can look like a name.
  return looksLikeName(name) ? `${place}: ${name} is no setting.` : `${place} is no setting: NAME="value" is expected.`
}

const looksLikeName = (name: string) => /^[A-Z]+(_[A-Z0-9]+)+$/.test(name)

type Assignment = { number: number; name: string | undefined; ends: boolean }

/** Each line that begins something; a quoted value may go on for several. */
function assignmentsIn(text: string): Assignment[] {
  const found: Assignment[] = []
  let open: { quote: string; assignment: Assignment } | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (open) {
      open.assignment.ends = line.includes(open.quote)
      if (open.assignment.ends) open = undefined
      continue
    }
    if (/^\s*(#|$)/.test(line)) continue
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? []
    const [quote = ''] = /^["'`]/.exec(value) ?? []
    const ends = quote === '' || value.includes(quote, 1)
    const assignment = { number: index + 1, name, ends }
    found.push(assignment)
    if (!ends) open = { quote, assignment }
  }
  return found
}
