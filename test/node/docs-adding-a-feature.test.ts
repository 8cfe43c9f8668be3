import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT, read } from '../support/markdown.ts'

const page = read('docs/adding-a-feature.md')
const LIST = 'src/compose/feature-list.ts'

/** The files that the page shows, each behind the sentence that begins with its name. */
const shown = [...page.matchAll(/^`(src\/[\w/-]+\.ts)`[^`]*(?:`[^`\n]*`[^`]*)*?\n```ts\n([\s\S]*?)^```$/gm)].map(
  ([, path = '', text = '']) => ({ path, text }),
)

let copy = ''

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'postern-feature-'))
  for (const name of ['src', 'package.json']) await cp(join(ROOT, name), join(copy, name), { recursive: true })
  const tsconfig = JSON.parse(await readFile(join(ROOT, 'tsconfig.json'), 'utf8'))
  await writeFile(join(copy, 'tsconfig.json'), JSON.stringify({ ...tsconfig, include: ['src'] }))
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const [, before = '', line = ''] = /^ (.*)\n\+(.*)$/m.exec(page) ?? []
  const list = await readFile(join(copy, LIST), 'utf8')
  expect(list).toContain(before)
  await writeFile(join(copy, LIST), list.replace(before, `${before}\n${line}`))
  for (const { path, text } of shown) {
    await mkdir(dirname(join(copy, path)), { recursive: true })
    await writeFile(join(copy, path), text)
  }
})
afterAll(() => rm(copy, { recursive: true, force: true }))

describe('docs/adding-a-feature.md', () => {
  it('shows files of one folder alone', () => {
    expect(shown).toHaveLength(6)
    expect(new Set(shown.map(({ path }) => dirname(path)))).toEqual(new Set(['src/features/feedback']))
  })

  it('compiles', () => {
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
    expect(execFileSync(process.execPath, [tsc, '--noEmit'], { cwd: copy, encoding: 'utf8' })).toBe('')
  })

  it('the setting, the failure, the event and the route are in the lists', () => {
    const program = `
      import { CATALOGUE, FAILURES, FEATURES, SETTINGS } from './src/compose/features.ts'
      const routes = []
      const app = { operations: [], on: (method, path) => routes.push(method + ' ' + path) }
      FEATURES.find(({ name }) => name === 'feedback').routes(app)
      console.log(JSON.stringify([SETTINGS.FEEDBACK.absent, FAILURES.feedback_closed.status, CATALOGUE.feedback_given.about, routes]))`
    const words = ['--no-warnings', '--input-type=module', '--eval', program]
    const told = execFileSync(process.execPath, words, { cwd: copy, encoding: 'utf8' })
    expect(JSON.parse(told)).toEqual([{ value: 'off' }, 403, 'A user said something.', ['POST /feedback']])
  })
})
