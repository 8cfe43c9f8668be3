import { spawnSync } from 'node:child_process'
import { fences, read } from './markdown.ts'

/**
 * The README's tour as a program: every `sh` block runs in one shell, one after another, and what it prints is compared with
 * the block that follows it.
 *
 *     node test/support/readme-tour.ts http://localhost:8787
 */
export type Step = { commands: string; shown: string }
export type Outcome = Step & { printed: string; difference: string | null }

const USUAL = 'http://localhost:8787'

export function readTour(readme = read('README.md')): Step[] {
  const [, tour] = /<!-- tour[^>]*-->([\s\S]*?)<!-- end of the tour -->/.exec(readme) ?? []
  if (tour === undefined) throw new Error('The README has lost the marks around its tour.')
  const blocks = fences(tour)
  return blocks.flatMap(({ language, body }, at) => {
    if (language !== 'sh') return []
    const answer = blocks[at + 1]
    if (!answer || answer.language === 'sh') throw new Error(`The tour shows no answer to: ${body}`)
    return [{ commands: body, shown: answer.body.trim() }]
  })
}

/** The service must be a fresh one: the tour registers somebody. */
export function takeTour(service: string, steps = readTour()): Outcome[] {
  const mark = `step-${crypto.randomUUID()}`
  const script = steps.map(({ commands }) => commands.replaceAll(USUAL, service)).join(`\necho; echo ${mark}\n`)
  const { stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], { encoding: 'utf8' })
  const printed = stdout.split(mark)
  return steps.map((step, at) => {
    const text = printed[at]?.trim() ?? `(nothing: the shell stopped before) ${stderr.trim()}`
    return { ...step, printed: text, difference: difference(step.shown, text) }
  })
}

/** `…` stands for any text. Which number a user has depends on who came before. */
export function difference(shown: string, printed: string): string | null {
  if (!shown.startsWith('{')) return fits(shown, printed) ? null : `not ${shown}`
  const [expected, answered] = [objectIn(shown), objectIn(printed)]
  if (!expected || !answered) return 'not JSON'
  const [names, others] = [Object.keys(expected).sort(), Object.keys(answered).sort()]
  if (names.join() !== others.join()) return `has ${others.join(', ')} and not ${names.join(', ')}`
  const wrong = names.filter((name) =>
    name === 'user_id' ? !Number.isInteger(answered[name]) : !same(expected[name], answered[name]),
  )
  return wrong.length === 0 ? null : `differs in ${wrong.join(', ')}`
}

function same(shown: unknown, answered: unknown): boolean {
  if (typeof shown === 'string') return typeof answered === 'string' && fits(shown, answered)
  return JSON.stringify(shown) === JSON.stringify(answered)
}

function fits(pattern: string, text: string): boolean {
  const parts = pattern.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`, 's').test(text)
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

if (import.meta.main) {
  const outcomes = takeTour(process.argv[2] ?? USUAL)
  for (const { commands, printed, difference: wrong } of outcomes) {
    console.log(`${wrong === null ? 'as shown' : 'NOT AS SHOWN'}: ${commands.trim()}\n${printed}`)
    if (wrong !== null) console.log(`(${wrong})`)
    console.log()
  }
  process.exitCode = outcomes.every(({ difference: wrong }) => wrong === null) ? 0 : 1
}
