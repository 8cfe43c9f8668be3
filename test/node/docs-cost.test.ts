import { expect, it } from 'vitest'
import { costPage } from '../../bench/cost/page.ts'
import manifest from '../../bench/peers/package.json' with { type: 'json' }
import lock from '../../bench/peers/package-lock.json' with { type: 'json' }
import { chartsOf } from '../../bench/support/charts.ts'
import { codes, read, rows, section } from '../support/markdown.ts'

it('docs/cost.md has the tables that its model and its simulation make', async () => {
  const page = read('docs/cost.md')
  expect(await costPage(page)).toBe(page)
})

it.each(Object.entries(chartsOf(read('bench/RESULTS.md'))))('%s shows what the results say', (name, picture) => {
  expect(read(`bench/charts/${name}`)).toBe(picture)
  expect(picture).toMatch(/<title[^>]*>[^<]+<\/title>/)
  expect(picture).toMatch(/<desc[^>]*>[^<]{100,}<\/desc>/)
  expect(picture).toContain('@media (prefers-color-scheme: dark)')
  expect(picture).not.toMatch(/NaN|<script|<image|<foreignObject|@import|href=/)
})

it('the README shows what others wait', () => {
  expect(read('README.md')).toMatch(/!\[[^\]]{40,}\]\(bench\/charts\/waiting\.svg\)/)
})

type Locked = { version?: string; license?: string; resolved?: string }
const packages = Object.entries(lock.packages as Record<string, Locked>).filter(([path]) => path !== '')

it('the packages of bench/peers are pinned, and locked without the address of a registry', () => {
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([])
})

it('the packages of bench/peers have free licences, and the README of bench names those that are compared', () => {
  const others = packages.filter(
    ([, { license = '' }]) => !/^(MIT|MIT-0|ISC|BSD-2-Clause|BSD-3-Clause|0BSD|Apache-2\.0)$/.test(license),
  )
  // Its repository says MIT, and its package says nothing.
  expect(others.map(([path]) => path)).toEqual(['node_modules/@openauthjs/openauth'])
  const named = rows(section(read('bench/README.md'), 'Other projects')).map(([name = '']) => codes(name).join())
  const helpers = ['arctic', 'hono']
  expect([...named, ...helpers].toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted())
})
