import { join } from 'node:path'
import { Complaint } from '../cli/complaint.ts'
import { migrate } from '../cli/database/migrations.ts'
import { onParentsEnd } from './processes/parent.ts'
import { type Choices, readArguments } from './runner/args.ts'
import { fireCrons } from './runner/cron.ts'
import { openDailyLog } from './runner/daily-log.ts'
import { type DevVars, movedAddresses, readDevVars, requireGoodSettings, stackPassword } from './runner/dev-vars.ts'
import { remarksOnDevVars } from './runner/dev-vars-names.ts'
import { EndingOrder } from './runner/ending-order.ts'
import { startExample } from './runner/example.ts'
import { requireHeard } from './runner/npm-flags.ts'
import { keptPlaces, type Places, temporaryPlaces } from './runner/places.ts'
import { type Ports, readPorts, requireFree } from './runner/ports.ts'
import { becomesReady } from './runner/ready.ts'
import { clearLeftovers, recordRun, requireNotRunning } from './runner/runs.ts'
import { serviceAddress, tell } from './runner/tell.ts'
import { terminal } from './runner/terminal.ts'
import { workerOutput } from './runner/worker-output.ts'
import { SERVICE, startWorker } from './runner/worker-process.ts'
import { openEngine } from './stack/engine.ts'
import { startStack } from './stack/server.ts'

const root = join(import.meta.dirname, '..')

/** `npm run dev`: the local stack, the migrations, the Worker; `--stack-only` leaves out the last, `--example` adds one. */
async function run(choices: Choices, ending: EndingOrder): Promise<void> {
  const ports = readPorts(process.env)
  await clearLeftovers(root)
  await requireNotRunning(root, { memory: choices.memory, ports })
  const vars = await readDevVars(root)
  const moved = movedAddresses(vars, ports, choices.https)
  for (const remark of await remarksOnDevVars(root)) console.error(remark)
  requireGoodSettings({ ...vars, ...moved })
  const password = stackPassword(vars)

  await requireFree(ports.stack, 'DEV_PORT')
  if (!choices.stackOnly) await requireFree(ports.worker, 'PORT')
  if (choices.example) await requireFree(ports.example, 'EXAMPLE_PORT')
  const places = choices.memory ? await temporaryPlaces() : await keptPlaces(root, choices)
  ending.add(places.leave)

  const stack = await startDatabaseAndStack({ choices, places, port: ports.stack, password, ending })
  const service = choices.stackOnly ? undefined : serviceAddress(choices, ports)
  const record = await recordRun(root, { stack: stack.url, service, temporary: places.temporary })
  ending.add(record.forget)

  if (!choices.stackOnly) await startService({ choices, ports, places, vars: moved, mark: record.mark, ending })
  if (choices.example) await startExample({ root, port: ports.example, places, mark: record.mark, ending })
  tell(root, { choices, ports, places, issuer: moved.ISSUER ?? vars.ISSUER })
}

type StackStart = { choices: Choices; places: Places; port: number; password: string; ending: EndingOrder }

async function startDatabaseAndStack({ choices, places, port, password, ending }: StackStart) {
  const engine = await openEngine({ url: choices.database, directory: places.database })
  ending.add(() => engine.close())
  await migrate(engine).catch((error: Error & { code?: string }) => {
    if (choices.database === undefined || error instanceof Complaint) throw error
    throw new Complaint(`The database that --database names cannot be prepared: ${error.message || error.code}.`)
  })
  const stack = await startStack({ port, engine, password })
  ending.add(() => stack.close())
  return stack
}

type ServiceStart = {
  choices: Choices
  ports: Ports
  places: Places
  vars: DevVars
  mark: string
  ending: EndingOrder
}

async function startService({ choices, ports, places, vars, mark, ending }: ServiceStart): Promise<void> {
  const log = openDailyLog(join(root, 'logs'))
  const onLine = workerOutput({ ...terminal, probe: '/health/ready', print: console.log, keep: log.write })
  const { https } = choices
  const files = { configs: SERVICE, state: places.worker, places }
  const worker = startWorker({ root, port: ports.worker, https, ...files, vars, mark, onLine })
  ending.add(worker.stop)
  worker.ended.then(() => ending.end(new Complaint('The service has ended.')))
  const service = serviceAddress(choices, ports)
  if (!(await becomesReady(`${service}/health/ready`, () => worker.hasEnded() || ending.hasBegun)))
    throw new Complaint(`The service does not get ready: GET ${service}/health/ready does not answer 200.`)
  const stopCrons = await fireCrons(join(root, 'wrangler.toml'), service)
  ending.add(async () => stopCrons())
}

const ending = new EndingOrder()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ending.end())
onParentsEnd(() => ending.end())
try {
  const args = process.argv.slice(2)
  requireHeard(args, process.env)
  await run(readArguments(args), ending)
} catch (error) {
  ending.end(error)
}
