import { spawnSync } from 'node:child_process'

/** Everything that must be green before a change is pushed, cheapest first. */
const STEPS: [what: string, command: string, ...words: string[]][] = [
  [
    'binding types',
    'wrangler',
    'types',
    'src/env.d.ts',
    '--include-runtime=false',
    '--env-file',
    '.dev.vars.example',
    '--check',
  ],
  ['types', 'tsc', '--noEmit'],
  ['lint and format', 'biome', 'ci', '--error-on-warnings', '.'],
  ['tests', 'node', 'dev/test.ts'],
]

for (const [what, command, ...words] of STEPS) {
  console.log(`\n— ${what}`)
  const { status } = spawnSync(command, words, { stdio: 'inherit' })
  if (status !== 0) {
    console.error(`\n${what}: not green.`)
    process.exit(1)
  }
}
console.log('\nEverything is green.')
