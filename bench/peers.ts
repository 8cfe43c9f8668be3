import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './support/build.ts'
import { cpuRounds, ratioOf } from './support/cpu-rounds.ts'
import { median, table } from './support/figures.ts'
import { startPeers } from './support/peers.ts'

const FOLDER = join(ROOT, 'bench/peers')
const ROUNDS = { warmUp: 600, rounds: 15, batch: 60 }

export type Compared = { who: string; what: string; ms: number; toHello: number }

/** What the operations that Postern shares with others cost here and there, beside an answer that is bare. */
export async function peers(rounds = ROUNDS): Promise<Compared[]> {
  install()
  const { operations, stop } = await startPeers()
  const spent = await cpuRounds(operations, rounds)
  await stop()
  return operations.map(({ name, hello, who, what }) => ({
    who,
    what,
    ms: median(spent[name] ?? []),
    toHello: ratioOf(spent, name, hello),
  }))
}

/** A package of its own, which nobody needs who does not compare. */
function install() {
  if (existsSync(join(FOLDER, 'node_modules'))) return
  const { status } = spawnSync('npm', ['ci'], { cwd: FOLDER, stdio: 'inherit' })
  if (status !== 0) throw new Error('The packages of bench/peers are not installed.')
}

export const comparedRows = (compared: readonly Compared[]): string[][] =>
  compared.map(({ who, what, ms, toHello }) => [what, who, ms.toFixed(2), toHello.toFixed(1)])

if (import.meta.main) {
  console.log(table([['operation', 'of', 'CPU, ms', '× hello'], ...comparedRows(await peers())]))
}
