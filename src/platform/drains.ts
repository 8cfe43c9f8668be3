import type { Deps } from '../kernel/deps.ts'
import { log } from '../kernel/log.ts'
import { faultOf } from '../kernel/object-fault.ts'

type Drains = { getByName: (name: string) => { drain: (line: { sink: string; nth: number }) => Promise<void> } }

/** One that cannot be reached costs time and no row: whoever asked goes on by itself. */
export const drainsIn =
  (drains: Drains): Deps['drain'] =>
  async (sink, nth) => {
    try {
      await drains.getByName(`${sink} ${nth}`).drain({ sink, nth })
      return true
    } catch (error) {
      log.warn({ code: 'drain_unreachable', sink, reason: faultOf(error) })
      return false
    }
  }
