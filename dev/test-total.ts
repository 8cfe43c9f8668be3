import type { Told } from './test-progress.ts'

/** A line at least this often, where none can be written over. */
const FILES_A_LINE = 20

/** Adds up what all jobs tell. On a terminal one line counts along; elsewhere there is a line now and then. */
export function openTotal(out: { isTTY?: boolean; write(text: string): unknown }) {
  const sum = { passed: 0, failed: 0, skipped: 0, ended: 0, files: 0 }
  const state = () => `${sum.ended} of ${sum.files} files, ${sum.passed} tests passed, ${sum.failed} failed`
  const clear = out.isTTY ? '\r\x1b[K' : ''

  return {
    /** Prints something whole, and not into the line that counts. */
    print: (text: string) => void out.write(`${clear}${text}\n`),
    take(told: Told): void {
      if (told.postern === 'begun') sum.files += told.files
      if (told.postern !== 'file') return
      for (const kind of ['passed', 'failed', 'skipped'] as const) sum[kind] += told[kind]
      sum.ended += 1
      if (told.failed > 0) out.write(`${clear}${told.name}: ${told.failed} failed\n`)
      if (out.isTTY) out.write(`${clear}${state()}`)
      else if (sum.ended % FILES_A_LINE === 0) out.write(`${state()}\n`)
    },
    /** The last line. It does not begin with "Tests", since .ci/run adds up the lines of vitest that do. */
    end(code: number, seconds: number): void {
      const { passed, failed, skipped } = sum
      const words = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`]
      const missing = code !== 0 && failed === 0 ? ' But not everything ended well: see above.' : ''
      const tests = words.filter(Boolean).join(' | ')
      out.write(`${clear}\nTotal: ${tests} (${passed + failed + skipped}), in ${Math.round(seconds)} s.${missing}\n`)
    },
  }
}

export function isTold(message: unknown): message is Told {
  return typeof message === 'object' && message !== null && 'postern' in message
}
