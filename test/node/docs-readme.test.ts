import { describe, expect, it } from 'vitest'
import { readArguments } from '../../dev/runner/args.ts'
import manifest from '../../package.json' with { type: 'json' }
import { books, codes, read, rows, section } from '../support/markdown.ts'
import { difference, readTour, takeTour } from '../support/readme-tour.ts'

const readme = read('README.md')

describe('the commands', () => {
  /** `npm test` needs no `run`; everything else does. */
  const commandsIn = (text: string) =>
    [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g)].map(([, script, test]) => script ?? test ?? '')

  it('every script is documented in the README', () => {
    const documented = new Set(commandsIn(readme))
    expect(Object.keys(manifest.scripts).filter((script) => !documented.has(script))).toEqual([])
  })

  it('every script that any book names is there', () => {
    const named = books().flatMap(({ path, text }) => commandsIn(text).map((script) => ({ path, script })))
    expect(named.filter(({ script }) => !Object.hasOwn(manifest.scripts, script))).toEqual([])
  })

  it('the two commands come first', () => {
    const first = [...readme.matchAll(/^```sh\n(.+)\n```$/gm)].map(([, command]) => command)
    expect(first.slice(0, 2)).toEqual(['npm ci && npm run dev', 'npm ci && npm test'])
  })

  it('the flags of `npm run dev` are those that it takes', () => {
    const documented = rows(section(readme, 'Commands')).flatMap(
      ([cell = '']) =>
        codes(cell)
          .join()
          .match(/^--[\w-]+/) ?? [],
    )
    expect(documented.toSorted()).toEqual(
      flagsOfDev()
        .filter((flag) => flag !== '--stack-only')
        .toSorted(),
    )
  })
})

/** The runner names its flags to whoever gives it another. */
function flagsOfDev(): string[] {
  try {
    readArguments(['--no-such-flag'])
  } catch (error) {
    const [, known = ''] = /Known are (.+)/.exec(String(error)) ?? []
    return known.match(/--[\w-]+/g) ?? []
  }
  throw new Error('The runner takes any flag.')
}

describe('the tour', () => {
  const steps = readTour()

  it('goes from registering to a log-out that is final, in order', () => {
    const calls = steps.flatMap(({ commands }) => commands.match(/localhost:8787\/\S+/g) ?? [])
    const way = ['register', 'register', 'login', 'me', 'refresh', 'logout', 'me']
    expect(calls.map((call) => call.replace('localhost:8787/auth/', ''))).toEqual(way)
  })

  it('shows answers that can be read', () => {
    const unreadable = steps.filter(({ shown }) => shown.startsWith('{') && difference(shown, shown) !== null)
    expect(unreadable).toEqual([])
  })

  it.each([
    ['{"a":"x…","status":409}', '{"status":409,"a":"xyz"}', null],
    ['{"a":"x…","status":409}', '{"status":422,"a":"xyz"}', 'differs in status'],
    ['{"a":"x…"}', '{"a":"yz"}', 'differs in a'],
    ['{"a":"x"}', '{"a":"x","b":1}', 'has a, b and not a'],
    ['{"user_id":1}', '{"user_id":7}', null],
    ['{"a":1}', 'nothing', 'not JSON'],
    ['401', '200', 'not 401'],
  ])('compares %s with %s', (shown, printed, wrong) => {
    expect(difference(shown, printed)).toBe(wrong)
  })

  // Without a running service (npm run dev, on a fresh database) there is nobody to answer.
  it.skipIf(!process.env.TOUR_SERVICE)('is answered by the service at TOUR_SERVICE as it is shown', () => {
    const wrong = takeTour(process.env.TOUR_SERVICE ?? '').filter((outcome) => outcome.difference !== null)
    expect(wrong).toEqual([])
  })
})
