import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { costs } from './costs.ts'
import { growth } from './growth.ts'
import { hashOverhead } from './hash-overhead.ts'
import { headOfLine } from './head-of-line.ts'
import { memory } from './memory.ts'
import { peers } from './peers.ts'
import { refresh } from './refresh.ts'
import { size } from './size.ts'
import { startup } from './startup.ts'
import { chartsOf } from './support/charts.ts'
import { type Figure, report } from './support/figures.ts'
import { resultsPage } from './support/results.ts'
import { writes } from './writes.ts'

const CHARTS = join(import.meta.dirname, 'charts')

/** What has to hold before a change lands, one after another, since they would disturb each other. */
const figures: Figure[] = []
for (const measure of [size, startup, hashOverhead, refresh]) figures.push(...(await measure()))
const { written, figures: ofWrites } = await writes()
figures.push(...ofWrites)
if (process.argv.includes('--write')) await measureTheRest()
report(figures)

/** What takes longer, or is set beside others. */
async function measureTheRest() {
  const { cpu, figures: ofCosts } = await costs()
  const { grown, figures: ofGrowth } = await growth()
  const ofMemory = await memory()
  const { waited, figures: ofWaiting } = await headOfLine()
  const compared = await peers()
  figures.push(...ofCosts, ...ofGrowth, ...ofMemory, ...ofWaiting.filter(hasBudget))
  const page = resultsPage({ figures, cpu, written, compared, grown, waited })
  await writeFile(join(import.meta.dirname, 'RESULTS.md'), page)
  await mkdir(CHARTS, { recursive: true })
  for (const [name, picture] of Object.entries(chartsOf(page))) await writeFile(join(CHARTS, name), picture)
}

/** What one process makes others wait is there to be compared with, and has none. */
function hasBudget(figure: Figure): boolean {
  return !('atMost' in figure) || Number.isFinite(figure.atMost)
}
