import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const keptDays = 14
const dayMs = 24 * 60 * 60 * 1000

/** One file a day for the Worker's own log lines; those of wrangler are not JSON and stay in the terminal. */
export function openDailyLog(folder: string, now: () => Date = () => new Date()) {
  mkdirSync(folder, { recursive: true })
  let today = ''
  return {
    path: () => join(folder, fileOf(dayOf(now()))),
    write(line: string) {
      if (!isJsonObject(line)) return
      const day = dayOf(now())
      if (day !== today) removeOld(folder, now())
      today = day
      appendFileSync(join(folder, fileOf(day)), `${line}\n`)
    },
  }
}

function removeOld(folder: string, now: Date): void {
  const oldestKept = fileOf(dayOf(new Date(now.getTime() - keptDays * dayMs)))
  const logs = readdirSync(folder).filter((name) => /^auth_service-\d{4}-\d\d-\d\d\.log$/.test(name))
  for (const name of logs) if (name < oldestKept) rmSync(join(folder, name), { force: true })
}

function fileOf(day: string): string {
  return `auth_service-${day}.log`
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}

function isJsonObject(line: string): boolean {
  if (!line.startsWith('{')) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
