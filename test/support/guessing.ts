import { vi } from 'vitest'
import * as hashing from '../../src/crypto/scrypt.ts'
import { inTurn } from './many.ts'
import { pause } from './pausing.ts'
import { type Client, from, people } from './people.ts'

export const HERE = from('192.0.2.1')
export const WRONG = { password: 'wrong horse battery' }

/** How many passwords are really computed while `work` runs. */
export async function hashesOf(work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(hashing, 'scrypt')
  await work()
  const { length } = spy.mock.calls
  spy.mockRestore()
  return length
}

/** The hash at the head of the line stands still until it is told to go on; all others come after it. */
export function heldHash() {
  const real = hashing.scrypt
  const { cue, ...held } = pause()
  const spy = vi.spyOn(hashing, 'scrypt')
  spy.mockImplementation((...input) => cue(() => real(...input)) as Promise<Uint8Array>)
  return { spy, ...held }
}

export const waitOf = (response: Response) => Number(response.headers.get('retry-after'))
export const letPass = (seconds: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1000 })

/** What wrong guesses are answered, each counted before the next. */
export const guessWrong = (times: number, headers = (_: number) => HERE, who: Pick<Client, 'tryToLogIn'> = people) =>
  inTurn(times, async (index) => (await who.tryToLogIn(WRONG, headers(index))).status)
