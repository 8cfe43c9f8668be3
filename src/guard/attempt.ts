import { addressQuestion, deviceQuestion, identifierQuestion, successOf } from './claims.ts'
import type { Refused } from './messages.ts'
import type { Network } from './networks.ts'
import { type GuardDeps, type Held, hold, holding, release } from './reservation.ts'

/** Who asks for what. `device` is a verified token's; only the read can tell whether it belongs to the account. */
export type Asking<T> = {
  from: Network
  identifier: string
  session?: string
  device?: { subject: string; id: string; belongs: (read: T) => boolean }
}

/** A way that is open until it is settled; never settled, it counts as wrong. */
export type Granted<T> = {
  granted: true
  read: T
  /** Follows the answer. */
  settle: (outcome: 'right' | 'wrong') => void
  /** For failures that are nobody's guess. Await it: a client that returns at once must not meet its own reservation. */
  release: () => Promise<void>
}

/** Before everything that checks a password: a device that was here before goes its own way, and is looked at first. */
export async function reserveAttempt<T>(deps: GuardDeps, asking: Asking<T>, read: () => Promise<T>) {
  if (!asking.device) return ordinaryWay(deps, asking, read)
  const device = await hold(deps, deviceQuestion(deps, asking.device))
  if (!device.granted) return device
  const found = await holding([device], read)
  if (asking.device.belongs(found)) return deviceWay(deps, asking, device, found)
  deps.later(device.settle('wrong'))
  return ordinaryWay(deps, asking, async () => found)
}

/** Before what checks no password, such as registering: spends the address's budget alone. */
export async function reserveAddress(deps: GuardDeps, from: Network): Promise<Granted<undefined> | Refused> {
  const address = await hold(deps, addressQuestion(deps, from))
  return address.granted ? granted(deps, [address], undefined) : address
}

function deviceWay<T>(deps: GuardDeps, asking: Asking<T>, device: Held, read: T): Granted<T> {
  const way = granted(deps, [device], read)
  const settle: Granted<T>['settle'] = (outcome) => {
    way.settle(outcome)
    if (outcome === 'right') deps.later(rememberNetwork(deps, asking))
  }
  return { ...way, settle }
}

/** The read waits for the address, so a blocked one costs no SQL; it does not wait for the identifier. */
async function ordinaryWay<T>(
  deps: GuardDeps,
  asking: Asking<T>,
  read: () => Promise<T>,
): Promise<Granted<T> | Refused> {
  const address = await hold(deps, addressQuestion(deps, asking.from, asking.identifier))
  if (!address.granted) return address
  return holding([address], async () => {
    const [identifier, found] = await Promise.allSettled([
      hold(deps, identifierQuestion(deps, asking)),
      Promise.resolve().then(read),
    ])
    if (identifier.status === 'rejected') throw identifier.reason
    if (!identifier.value.granted) {
      await release([address])
      return identifier.value
    }
    const { value } = identifier
    const account = await holding([value], async () => valueIn(found))
    return granted(deps, [address, value], account)
  })
}

function granted<T>(deps: GuardDeps, held: readonly Held[], read: T): Granted<T> {
  return {
    granted: true,
    read,
    settle: (outcome) => deps.later(Promise.all(held.map((one) => one.settle(outcome)))),
    release: () => release(held),
  }
}

export async function rememberNetwork(
  deps: GuardDeps,
  asking: Pick<Asking<unknown>, 'from' | 'identifier'>,
): Promise<void> {
  const { name, message } = successOf(deps, asking)
  await deps.guard(name).remember(message)
}

function valueIn<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}
