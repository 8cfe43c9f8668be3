import { relative } from 'node:path'
import type { Choices } from './args.ts'
import type { Places } from './places.ts'
import type { Ports } from './ports.ts'

type Started = { choices: Choices; ports: Ports; places: Places; issuer: string | undefined }

export function serviceAddress({ https }: Choices, ports: Ports): string {
  return `${https ? 'https' : 'http'}://localhost:${ports.worker}`
}

/** Where everything is, once everything answers. */
export function tell(root: string, { choices, ports, places, issuer }: Started): void {
  const kept = places.database === undefined ? 'in memory' : `${relative(root, places.database)} (kept)`
  const service = serviceAddress(choices, ports)
  const rows = [
    ...(choices.stackOnly
      ? []
      : [
          ['Service', service],
          ['Its API', `${service}/api/docs`],
          // Said where somebody chose another one, since a token of the service does not name its address then.
          ...(issuer === service ? [] : [['Issuer', `${issuer} (ISSUER in .dev.vars)`]]),
        ]),
    ...(choices.example ? [['Example', `http://localhost:${ports.example}`]] : []),
    ['Mail and events', `http://localhost:${ports.stack}`],
    ['Database', choices.database === undefined ? kept : new URL(choices.database).host],
  ]
  const lines = rows.map(([name = '', place]) => `  ${name.padEnd(17)}${place}`)
  console.log(['', '  Postern is ready. Ctrl-C stops it.', '', ...lines, ''].join('\n'))
}
