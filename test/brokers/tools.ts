import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Complaint } from '../../cli/complaint.ts'
import { runToItsEnd } from './process.ts'

const INSTALL = join(import.meta.dirname, '../../.ci/install')

/** What must be installed, each with the package that has it in Debian. */
const NEEDED = { 'rabbitmq-server': 'rabbitmq-server', javac: 'default-jdk-headless', mvn: 'maven' }

const has = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin; command -v ${command}`], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Debian's packages are fetched where that is allowed; elsewhere it is said what is missing. */
export async function requireTools(): Promise<void> {
  const packages = () => Object.entries(NEEDED).flatMap(([command, name]) => (has(command) ? [] : [name]))
  const missing = packages()
  if (missing.length === 0) return
  const command = `apt-get install --yes --no-install-recommends ${missing.join(' ')}`
  if (process.getuid?.() === 0 && has('apt-get')) {
    console.log(`Installing ${missing.join(', ')}.`)
    await runToItsEnd(INSTALL, missing)
  }
  if (packages().length > 0) throw new Complaint(`The brokers need what is not installed here. On Debian: ${command}.`)
}

/** `group:artifact:version`. */
export type Artifact = `${string}:${string}:${string}`

const dependency = (artifact: Artifact) => {
  const [groupId, artifactId, version] = artifact.split(':')
  return `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`
}

/** Fetched from Maven Central with all they need, and kept in ~/.m2. Fails with what Maven said. */
export async function classPathOf(artifacts: readonly Artifact[], folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const pom = join(folder, 'pom.xml')
  const list = join(folder, 'classpath')
  await writeFile(
    pom,
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>postern</groupId><artifactId>brokers</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>${artifacts.map(dependency).join('\n')}</dependencies></project>`,
  )
  const goal = ['dependency:build-classpath', '-DincludeScope=runtime', `-Dmdep.outputFile=${list}`]
  // What was not found once is asked for again.
  const quiet = ['--batch-mode', '--quiet', '--update-snapshots']
  await runToItsEnd('mvn', [...quiet, '--file', pom, ...goal])
  return (await readFile(list, 'utf8')).trim()
}

/** A client from npm that is no part of the project: it lives and goes with the folder. */
export async function loadFromNpm<Module>(name: string, version: string, folder: string): Promise<Module> {
  await mkdir(folder, { recursive: true })
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  await runToItsEnd('npm', ['install', '--prefix', folder, ...quiet, `${name}@${version}`])
  return createRequire(join(folder, 'here.js'))(name)
}
