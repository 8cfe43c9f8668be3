import { request as askHttp } from 'node:http'
import { request as askHttps } from 'node:https'
import { until } from '../processes/until.ts'

/** Whether this address answered 200 in time; ends early when `given up` says so. */
export async function becomesReady(address: string, givenUp: () => boolean, limitMs = 120_000): Promise<boolean> {
  let ready = false
  await until(async () => {
    ready = (await statusOf(address)) === 200
    return ready || givenUp()
  }, limitMs)
  return ready
}

/** The status alone, or undefined where nobody answers. The certificate of `--https` is wrangler's own. */
export function statusOf(address: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const ask = address.startsWith('https:') ? askHttps : askHttp
    const asked = ask(address, { rejectUnauthorized: false, agent: false, timeout: 10_000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(undefined))
    asked.end()
  })
}
