import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { COUNTED, type Name } from '../counted.ts'
import { hotSpots } from '../hot-spots/run.ts'
import { ROOT } from '../support/build.ts'
import { markdownTable } from '../support/markdown-table.ts'
import { cpuMsOf, MIX, monthOf, perMillion, total, totalOf } from './model.ts'

const PAGE = join(ROOT, 'docs/cost.md')

const names = Object.keys(COUNTED) as Name[]
const dollars = (amount: number) =>
  amount >= 100 ? Math.round(amount).toLocaleString('en') : amount >= 10 ? amount.toFixed(1) : amount.toFixed(2)
const count = (amount: number) =>
  amount >= 10 ? Math.round(amount).toLocaleString('en') : String(Number(amount.toPrecision(2)))

const operations = () => [
  ['Operation', 'Object calls', 'Rows written', 'SQL', 'KV reads', 'KV writes', 'CPU, ms'],
  ...names.map((name) => {
    const { objectCalls, rows, sql, kvReads, kvWrites } = COUNTED[name]
    return [name, ...[objectCalls, rows, sql, kvReads, kvWrites, cpuMsOf(name)].map(String)]
  }),
]

const prices = () => [
  ['A million of', 'Requests', 'CPU', 'Object calls', 'Rows', 'KV', 'USD'],
  ...names.map((name) => {
    const bill = perMillion(name)
    const { requests, cpu, objects, rows, kv } = bill
    return [name, ...[requests, cpu, objects, rows, kv].map(dollars), `**${dollars(total(bill))}**`]
  }),
]

const mix = () => [
  ['With each log-in come', 'Times'],
  ...Object.entries(MIX).map(([name, times]) => [name, String(times)]),
]

const MONTHS = [1e6, 1e8, 1e10].map(monthOf)

const months = () => [
  ['', ...MONTHS.map(({ logIns }) => `${logIns.toLocaleString('en')} log-ins a month`)],
  ...(['requests', 'cpu', 'objects', 'rows', 'kv', 'neon'] as const).map((part) => [
    LABELS[part],
    ...MONTHS.map((month) => dollars(month[part])),
  ]),
  ['**USD a month**', ...MONTHS.map((month) => `**${dollars(totalOf(month))}**`)],
  ['log-ins a second, at the peak', ...MONTHS.map(({ logInsAtPeak }) => count(logInsAtPeak))],
  ['cores that hash, at the peak', ...MONTHS.map(({ cores }) => count(cores))],
  ['statements a second in Postgres, at the peak', ...MONTHS.map(({ statementsAtPeak }) => count(statementsAtPeak))],
]

const LABELS = { requests: 'requests', cpu: 'CPU', objects: 'object calls', rows: 'rows', kv: 'KV', neon: 'Neon' }

/** The page with its tables made anew; between them its own words stay. */
export async function costPage(text = readFileSync(PAGE, 'utf8')): Promise<string> {
  const tables = {
    operations: operations(),
    prices: prices(),
    mix: mix(),
    months: months(),
    'hot-spots': await hotSpots(),
  }
  return Object.entries(tables).reduce((page, [name, rows]) => {
    const place = new RegExp(`(<!-- ${name}: [^>]*-->)[\\s\\S]*?(<!-- end -->)`)
    if (!place.test(page)) throw new Error(`docs/cost.md has lost the mark of ${name}.`)
    return page.replace(place, (_, begin: string, end: string) => `${begin}\n\n${markdownTable(rows)}\n\n${end}`)
  }, text)
}

if (import.meta.main) writeFileSync(PAGE, await costPage())
