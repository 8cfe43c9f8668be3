import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTotal } from '../../dev/test-total.ts'

const root = join(import.meta.dirname, '../..')
const file = (name: string, passed: number, failed = 0, skipped = 0) =>
  ({ postern: 'file', name, passed, failed, skipped }) as const

function written(isTTY: boolean, files: ReturnType<typeof file>[], code: number): string {
  const text: string[] = []
  const total = openTotal({ isTTY, write: (more) => text.push(more) })
  total.take({ postern: 'begun', files: 30 })
  for (const told of files) total.take(told)
  total.print('Tests  7 passed (7)')
  total.end(code, 61.2)
  return text.join('')
}

test('elsewhere than on a terminal there is a line every twenty files, one for a failure, and the total is last', () => {
  const files = Array.from({ length: 29 }, (_, index) => file(`test/${index}.test.ts`, 2))
  expect(written(false, [...files, file('test/x.test.ts', 1, 3, 4)], 1).split('\n')).toEqual([
    '20 of 30 files, 40 tests passed, 0 failed',
    'test/x.test.ts: 3 failed',
    'Tests  7 passed (7)',
    '',
    'Total: 59 passed | 3 failed | 4 skipped (66), in 61 s.',
    '',
  ])
  expect(written(false, [], 1)).toMatch(
    /Total: 0 passed \(0\), in 61 s\. But not everything ended well: see above\.\n$/,
  )
})

test('on a terminal one line counts along and makes way for what is printed', () => {
  const text = written(true, [file('test/x.test.ts', 1), file('test/y.test.ts', 1)], 0)
  expect(text.split('\r\x1b[K')).toEqual([
    '',
    '1 of 30 files, 1 tests passed, 0 failed',
    '2 of 30 files, 2 tests passed, 0 failed',
    'Tests  7 passed (7)\n',
    '\nTotal: 2 passed (2), in 61 s.\n',
  ])
})

test('.ci/run counts what vitest says, and not the total once more', () => {
  const script = `source <(sed -n '/^counted() /,/^}/p' .ci/run); counted passed <(cat)`
  const log = 'Tests  7 passed | 2 failed (9)\n      Tests  5 passed (5)\nTotal: 12 passed | 2 failed (14), in 61 s.\n'
  const { stdout } = spawnSync('bash', ['-c', script], { cwd: root, input: log, encoding: 'utf8' })
  expect(stdout).toBe('12\n')
})
