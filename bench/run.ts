import { hashOverhead } from './hash-overhead.ts'
import { refresh } from './refresh.ts'
import { size } from './size.ts'
import { startup } from './startup.ts'
import { report } from './support/figures.ts'

/** Everything that has a budget, one after another, since they would disturb each other. */
const figures = []
for (const measure of [size, startup, hashOverhead, refresh]) figures.push(...(await measure()))
report(figures)
