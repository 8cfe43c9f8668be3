import { afterEach, vi } from 'vitest'
import { pause } from './pausing.ts'

/** From `hold` to the end of the test nobody gets at a row of the outbox: what callers see then, no delivery has brought about. */
export function heldDeliveries() {
  let letGo = () => {}
  afterEach(() => letGo())
  return {
    hold() {
      const { cue, goOn } = pause()
      letGo = goOn
      const send = globalThis.fetch
      vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
        const claims = String(init?.body).includes('for update skip locked')
        return claims ? (cue(() => send(input, init)) as Promise<Response>) : send(input, init)
      })
    },
  }
}
