import { once } from 'node:events'
import { createServer } from 'node:net'
import { Complaint } from '../complaint.ts'

export type Ports = { worker: number; stack: number }

export function readPorts(environment: Record<string, string | undefined>): Ports {
  const ports = { worker: portFrom(environment, 'PORT', 8787), stack: portFrom(environment, 'DEV_PORT', 8788) }
  if (ports.worker === ports.stack)
    throw new Complaint(`PORT and DEV_PORT are both ${ports.worker}: the service and the stack need one each.`)
  return ports
}

function portFrom(environment: Record<string, string | undefined>, name: string, usual: number): number {
  const given = environment[name]
  if (given === undefined || given === '') return usual
  const port = Number(given)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new Complaint(`${name} must be a port from 1 to 65535.`)
}

export async function demandFree(port: number, setting: 'PORT' | 'DEV_PORT'): Promise<void> {
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
