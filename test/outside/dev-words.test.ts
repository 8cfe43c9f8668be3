import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../dev/processes/until.ts'
import { readDevVars } from '../../dev/runner/dev-vars.ts'
import { cloneProject, freePort, removeProject, start } from '../node/dev-project.ts'

let root: string
let ports: { PORT: string; DEV_PORT: string }

beforeAll(async () => {
  root = await cloneProject()
  ports = { PORT: String(await freePort()), DEV_PORT: String(await freePort()) }
})

afterAll(() => removeProject(root))

test('a name that is no setting, a fault in the source and an exception at the start are shown', async () => {
  const [path, source] = [join(root, '.dev.vars'), join(root, 'src/index.ts')]
  await readDevVars(root)
  const [settings, good] = [await readFile(path, 'utf8'), await readFile(source, 'utf8')]
  await writeFile(path, `${settings}\nMAIL_FORM="me@example.com"\n`)
  const started = start(root, 'dev/run.ts', ['--memory'], ports)
  await started.ready
  const line = settings.split('\n').length + 1
  expect(started.errors()).toBe(`.dev.vars, line ${line}: MAIL_FORM is no setting; did you mean MAIL_FROM?\n`)
  await writeFile(source, `${good}\nexport const unfinished = (\n`)
  expect(await until(() => /Build failed with 1 error[\s\S]*src\/index\.ts:\d+/.test(started.output()), 30_000)).toBe(
    true,
  )
  await writeFile(source, `${good}\nthrow new Error('thrown at the start')\n`)
  expect(await until(() => started.output().includes('Uncaught Error: thrown at the start'), 30_000)).toBe(true)
  started.child.kill('SIGTERM')
  await started.exit
})

test('a flag that npm kept for itself is told, and nothing starts', async () => {
  const npm = await new Promise<{ output: string; code: number }>((resolve) =>
    execFile('npm', ['run', 'dev', '--reset'], { cwd: root, env: { ...process.env, ...ports } }, (error, out, errors) =>
      resolve({ output: out + errors, code: Number(error?.code ?? 0) }),
    ),
  )
  expect(npm.output).toContain('npm kept --reset for itself, so nothing was started. Type: npm run dev -- --reset')
  expect(npm.code).toBe(1)
})
