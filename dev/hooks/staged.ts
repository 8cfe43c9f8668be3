import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** Reads the staged files and not the folder: the two differ when only a part of the work is committed. */
const root = process.cwd()
const changed = namesOf('ACMR')
const types = [...changed, ...namesOf('D')].some((name) => /\.(ts|json)$/.test(name))
if (changed.length > 0 || types) process.exitCode = checkIn(mkdtempSync(join(tmpdir(), 'postern-staged-')))

function namesOf(kinds: string): string[] {
  const listing = execFileSync('git', ['diff', '--cached', '--name-only', '-z', `--diff-filter=${kinds}`])
  return listing.toString().split('\0').filter(Boolean)
}

function checkIn(folder: string): number {
  try {
    execFileSync('git', ['checkout-index', '--all', `--prefix=${folder}/`])
    symlinkSync(resolve(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    const biome = ['@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--no-errors-on-unmatched', ...changed]
    const green = [
      changed.length === 0 || passes(folder, 'Lint and format', biome),
      !types || passes(folder, 'Types', ['typescript/bin/tsc', '--noEmit']),
    ]
    return green.includes(false) ? 1 : 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Silent where all is well. */
function passes(folder: string, what: string, [program = '', ...words]: string[]): boolean {
  const command = [resolve(root, 'node_modules', program), ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
  if (status === 0) return true
  console.error(`${stdout}${stderr}\n${what}: not green, so nothing is committed. To format: npx biome check --write .`)
  return false
}
