import { Complaint } from '../../cli/complaint.ts'
import type { EndingOrder } from './ending-order.ts'
import type { Places } from './places.ts'
import { becomesReady } from './ready.ts'
import { terminal } from './terminal.ts'
import { workerOutput } from './worker-output.ts'
import { startWorker } from './worker-process.ts'

type ExampleStart = { root: string; port: number; places: Places; mark: string; ending: EndingOrder }

/** Another Worker beside the service, as if somebody else had deployed it: they meet in the registry. */
export async function startExample({ root, port, places, mark, ending }: ExampleStart): Promise<void> {
  const files = { configs: ['examples/consumer-worker/wrangler.toml'], state: places.example, places }
  const print = (line: string) => console.log(`[example] ${line}`)
  const onLine = workerOutput({ ...terminal, probe: '/', print, keep: () => undefined })
  const worker = startWorker({ root, port, https: false, ...files, vars: {}, mark, onLine })
  ending.add(worker.stop)
  worker.ended.then(() => ending.end(new Complaint('The example has ended.')))
  const address = `http://localhost:${port}/`
  if (!(await becomesReady(address, () => worker.hasEnded() || ending.hasBegun)))
    throw new Complaint(`The example does not get ready: GET ${address} does not answer 200.`)
}
