import { spawnSync } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cloneProject, removeProject } from '../node/dev-project.ts'

const checkout = join(import.meta.dirname, '../..')
let root: string

/** Neither the developer's own settings of git, nor those of a commit that is being made. */
const environment = { ...process.env }
for (const name of Object.keys(environment)) if (name.startsWith('GIT_')) delete environment[name]
Object.assign(environment, { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' })

function run(command: string, ...words: string[]) {
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: root, env: environment, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

const git = (...words: string[]) => run('git', '-c', 'user.name=Ann', '-c', 'user.email=ann@example.com', ...words)
const commits = () => Number(git('rev-list', '--count', 'HEAD').output)

async function commit(name: string, text: string) {
  await writeFile(join(root, name), text)
  expect(git('add', name).status).toBe(0)
  return git('commit', '--quiet', '-m', `adds ${name}`)
}

beforeAll(async () => {
  root = await cloneProject()
  for (const name of ['biome.json', '.gitignore']) await cp(join(checkout, name), join(root, name))
  expect(git('init', '--quiet').status).toBe(0)
  expect(git('add', 'cli', 'dev', 'src', 'examples', '*.json', '.gitignore').status).toBe(0)
  expect(git('commit', '--quiet', '-m', 'the project').output).toBe('')
})
afterAll(() => removeProject(root))

test('the hook refuses a fault of lint, format or types that is staged, and lets the rest pass', async () => {
  expect(run('npm', 'run', 'hooks').status).toBe(0)
  expect(await commit('dev/one.ts', "export const one = 'one'\n")).toEqual({ status: 0, output: '' })

  const lint = await commit('dev/two.ts', 'let two = 2\nexport { two }\n')
  expect(lint.status).toBe(1)
  expect(lint.output).toMatch(/dev\/two\.ts[\s\S]*useConst[\s\S]*Lint and format: not green, so nothing is committed/)

  // What is staged counts, and not what lies beside it; a wrong format and a wrong type are both told.
  const path = join(root, 'dev/two.ts')
  await writeFile(path, 'export const two: number = "two"\n')
  git('add', 'dev/two.ts')
  await writeFile(path, "export const two = 'two'\n")
  const both = git('commit', '--quiet', '-m', 'half of it')
  expect(both.status).toBe(1)
  expect(both.output).toMatch(/Lint and format: not green[\s\S]*dev\/two\.ts.*TS2322[\s\S]*Types: not green/)
  git('add', 'dev/two.ts')
  await writeFile(path, 'let unfinished: =\n')
  expect(git('commit', '--quiet', '-m', 'the good half')).toEqual({ status: 0, output: '' })
  expect(await commit('notes.md', '# Notes\n')).toEqual({ status: 0, output: '' })

  // A file that others need cannot go.
  expect(git('rm', '--quiet', 'cli/complaint.ts').status).toBe(0)
  expect(git('commit', '--quiet', '-m', 'too tidy').output).toContain('TS2307')
  expect(commits()).toBe(4)
})
