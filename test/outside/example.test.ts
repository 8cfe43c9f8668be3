import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../dev/processes/until.ts'
import { statusOf } from '../../dev/runner/ready.ts'
import { cloneProject, freePort, removeProject, start } from '../node/dev-project.ts'

const json = { 'content-type': 'application/json' }
const ann = { username: 'ann@example.com', email: 'ann@example.com', password: 'a long and unusual password' }

test('the example, started as a project of its own, finds the service that npm run dev has started', async () => {
  const root = await cloneProject()
  const folder = join(root, 'examples/consumer-worker')
  const [PORT, DEV_PORT, own] = [String(await freePort()), String(await freePort()), String(await freePort())]
  // What `npm install` would put there.
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const service = start(root, 'dev/run.ts', [], { PORT, DEV_PORT })
  await service.ready

  const words = ['run', 'dev', '--', '--port', own, '--show-interactive-dev-session=false']
  const example = spawn('npm', words, { cwd: folder, stdio: 'ignore', detached: true })
  const ended = once(example, 'exit')
  const ask = async (path: string, body: object) =>
    (
      await fetch(`http://127.0.0.1:${PORT}${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) })
    ).json()
  try {
    const isUp = async () => example.exitCode !== null || (await statusOf(`http://127.0.0.1:${own}/`)) === 200
    expect([await until(isUp, 60_000), example.exitCode]).toEqual([true, null])
    await ask('/auth/register', { email: ann.email, password: ann.password })
    const { access_token } = (await ask('/auth/login', { username: ann.username, password: ann.password })) as {
      access_token: string
    }
    const notes = () => fetch(`http://127.0.0.1:${own}/notes`, { headers: { authorization: `Bearer ${access_token}` } })
    // wrangler hears of its neighbours by and by.
    expect(await until(async () => (await notes()).status === 200, 15_000)).toBe(true)
    expect(await (await notes()).json()).toMatchObject({ notes: ['Hello, ann@example.com.'] })
  } finally {
    // npm passes on no signal, so its whole group is ended.
    if (example.pid && example.exitCode === null) process.kill(-example.pid, 'SIGTERM')
    await ended
    service.child.kill('SIGTERM')
    await service.exit
    await removeProject(root)
  }
})
