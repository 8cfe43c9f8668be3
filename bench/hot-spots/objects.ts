import type { Guard } from '../../src/features/guard/messages.ts'
import type { GuardDeps } from '../../src/features/guard/reservation.ts'
import { config, settings } from '../../src/features/guard/settings.ts'
import { emptyState, type GuardState, reserve, settle } from '../../src/features/guard/state.ts'

/** What one object is taken to need for a call. Cloudflare names about a thousand calls a second as what one can do. */
const CALL_MS = 1

type Line = { calls: number; busyUntil: number; longestWait: number; perSecond: Map<number, number> }

/** Objects that answer one call after another, by a clock that only a simulation moves. */
export function simulatedObjects() {
  const lines = new Map<string, Line>()
  const clock = { now: 0 }
  const called = (name: string) => {
    const line = lines.get(name) ?? { calls: 0, busyUntil: 0, longestWait: 0, perSecond: new Map() }
    lines.set(name, line)
    const second = Math.floor(clock.now / 1000)
    line.calls += 1
    line.perSecond.set(second, (line.perSecond.get(second) ?? 0) + 1)
    line.longestWait = Math.max(line.longestWait, line.busyUntil - clock.now)
    line.busyUntil = Math.max(line.busyUntil, clock.now) + CALL_MS
  }
  const busiest = () => {
    const [first] = [...lines.values()].toSorted((one, other) => other.calls - one.calls)
    const { calls = 0, longestWait = 0, perSecond = new Map<number, number>() } = first ?? {}
    return { calls, longestWait, inOneSecond: Math.max(0, ...perSecond.values()) }
  }
  return { clock, called, busiest, count: () => lines.size }
}

/** The guards of the product, with its own rules and limits, as such objects. */
export function simulatedGuards(changed: Partial<Record<keyof typeof settings, number>> = {}) {
  const objects = simulatedObjects()
  const states = new Map<string, GuardState>()
  const guard = (name: string): Guard => {
    const stateOf = () => states.get(name) ?? emptyState()
    return {
      reserve: async (message) => {
        objects.called(name)
        const { state, answer } = reserve(stateOf(), message, objects.clock.now)
        states.set(name, state)
        return answer
      },
      settle: async (message) => {
        objects.called(name)
        states.set(name, settle(stateOf(), message, objects.clock.now).state)
      },
      remember: async () => objects.called(name),
    }
  }
  const later: Promise<unknown>[] = []
  const deps: GuardDeps = {
    guard,
    nameOf: (kind, text) => `${kind}:${text}`,
    limits: limitsWith(changed),
    later: (work) => void later.push(work),
  }
  return { ...objects, deps, settled: () => Promise.all(later.splice(0)) }
}

function limitsWith(changed: Partial<Record<keyof typeof settings, number>>) {
  const defaults = Object.entries(settings).map(([name, { absent }]) => [name, absent?.value])
  const given = { ...Object.fromEntries(defaults), ...changed, ENVIRONMENT: 'production' }
  return config(given as Parameters<typeof config>[0]).guard
}
