import { once } from 'node:events'
import { createServer } from 'node:net'
import { Complaint } from '../../cli/complaint.ts'

export type Ports = { worker: number; stack: number; example: number }
type Setting = 'PORT' | 'DEV_PORT' | 'EXAMPLE_PORT'

export function readPorts(environment: Record<string, string | undefined>): Ports {
  const worker = portFrom(environment, 'PORT', 8787)
  const stack = portFrom(environment, 'DEV_PORT', 8788)
  const example = portFrom(environment, 'EXAMPLE_PORT', 8789)
  requireDifferent([
    ['PORT', worker],
    ['DEV_PORT', stack],
    ['EXAMPLE_PORT', example],
  ])
  return { worker, stack, example }
}

function requireDifferent(ports: [name: Setting, port: number][]): void {
  const taken = new Map<number, Setting>()
  for (const [name, port] of ports) {
    const other = taken.get(port)
    if (other !== undefined) throw new Complaint(`${other} and ${name} are both ${port}: each needs one of its own.`)
    taken.set(port, name)
  }
}

function portFrom(environment: Record<string, string | undefined>, name: Setting, usual: number): number {
  const given = environment[name]
  if (given === undefined || given === '') return usual
  const port = Number(given)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new Complaint(`${name} must be a port from 1 to 65535.`)
}

export async function requireFree(port: number, setting: Setting): Promise<void> {
  const probe = createServer()
  try {
    probe.listen(port, '127.0.0.1')
    await once(probe, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code})`
    throw new Complaint(`Port ${port} ${why}: end what uses it, or choose another with ${setting}=….`)
  }
  probe.close()
  await once(probe, 'close')
}
