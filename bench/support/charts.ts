import { rows, section } from '../../test/support/markdown.ts'
import { type Chart, chart } from './chart.ts'

/** The pictures beside bench/RESULTS.md, made of its tables, so that neither says what the other does not. */
export const chartsOf = (results: string): Record<string, string> => ({
  'peers.svg': chart(peersIn(results)),
  'waiting.svg': chart(waitingIn(results)),
})

function peersIn(results: string): Chart {
  const compared = rows(section(results, 'Beside others'))
  const operations = [...new Set(compared.map(([what = '']) => what))]
  const groups = operations.map((name) => ({
    name,
    bars: compared
      .filter(([what]) => what === name)
      .map(([, who = '', ms]) => ({ label: who, value: Number(ms), ours: who === 'Postern' })),
  }))
  return { title: 'What an operation takes of the processor', unit: 'milliseconds', groups }
}

function waitingIn(results: string): Chart {
  const waited = rows(section(results, 'What others wait'))
  const groups = waited.map(([name = '', alone, two, one]) => ({
    name,
    bars: [
      { label: 'nobody logs in', value: Number(alone), ours: false },
      { label: 'hashes in a Worker of their own', value: Number(two), ours: true },
      { label: 'hashes in the same Worker', value: Number(one), ours: false },
    ],
  }))
  return { title: 'What others wait while four clients log in', unit: 'milliseconds, median', groups }
}
