import { readFile } from 'node:fs/promises'
import { statusOf } from './ready.ts'

/** `crons = ["* * * * *"]` under `[triggers]`; comments do not count. */
export function cronsIn(toml: string): string[] {
  const code = toml.replace(/^\s*#.*$/gm, '')
  const [, list = ''] = /^\s*crons\s*=\s*\[([^\]]*)\]/m.exec(code) ?? []
  return [...list.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? '')
}

/** Nothing fires cron triggers on this machine, so the runner does: every minute, whatever their schedule says. */
export async function fireCrons(wranglerToml: string, service: string, everyMs = 60_000): Promise<() => void> {
  const crons = cronsIn(await readFile(wranglerToml, 'utf8'))
  const running = new Set<string>()
  const fire = async (cron: string) => {
    if (running.has(cron)) return
    running.add(cron)
    await statusOf(`${service}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron)}`)
    running.delete(cron)
  }
  const timer = setInterval(() => crons.forEach(fire), everyMs)
  return () => clearInterval(timer)
}
