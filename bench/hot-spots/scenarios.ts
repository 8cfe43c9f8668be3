import { type Granted, reserveAttempt } from '../../src/features/guard/attempt.ts'
import { mailFromAddress, mailTo } from '../../src/features/guard/code-calls.ts'
import type { Refused } from '../../src/features/guard/messages.ts'
import { type Network, parseAddress } from '../../src/features/guard/networks.ts'
import { hold } from '../../src/features/guard/reservation.ts'
import { simulatedGuards, simulatedObjects } from './objects.ts'

export type Spot = {
  what: string
  asked: number
  served: number
  objects: number
  /** The object with the most calls. */
  busiest: { calls: number; inOneSecond: number; longestWait: number }
}

const MINUTE = 60_000

/** Times spread evenly over a span. */
const times = (count: number, span: number) => Array.from({ length: count }, (_, at) => Math.floor((at * span) / count))

function networkOf(address: string): Network {
  const network = parseAddress(address)
  if (!network) throw new Error(`${address} is no address.`)
  return network
}

const nthAddress = (at: number) => networkOf(`10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}`)

type Guards = ReturnType<typeof simulatedGuards>

async function attempt({ deps, settled }: Guards, who: number, from: Network, right: boolean, device?: string) {
  const subject = `subject-${who}`
  const known = device === undefined ? {} : { device: { subject, id: device, belongs: () => true } }
  const asking = { from, identifier: `person-${who}`, subjectOf: () => subject, ...known }
  const held: Granted<null> | Refused = await reserveAttempt(deps, asking, async () => null)
  if (held.granted) held.settle(right ? 'right' : 'wrong')
  await settled()
  return held.granted
}

/** People behind one address log in with the right password at the first try, within a quarter of an hour. */
export async function oneAddress(people: number, checks?: number): Promise<Spot> {
  const guards = simulatedGuards(checks === undefined ? {} : { MAX_ADDRESS_CHECKS: checks })
  const from = networkOf('203.0.113.7')
  let served = 0
  for (const [who, at] of times(people, 15 * MINUTE).entries()) {
    guards.clock.now = at
    if (await attempt(guards, who, from, true)) served += 1
  }
  const limit = checks === undefined ? '' : `, MAX_ADDRESS_CHECKS=${checks.toLocaleString('en')}`
  const what = `${people.toLocaleString('en')} people behind one address log in within 15 minutes${limit}`
  return { what, asked: people, served, objects: guards.count(), busiest: guards.busiest() }
}

/** Many guess at one account for ten seconds; its owner logs in every second meanwhile. */
export async function oneAccount(guesses: number, addresses: number): Promise<[guesses: Spot, owner: Spot]> {
  const guards = simulatedGuards()
  const home = networkOf('203.0.113.7')
  const owner = { asked: 0, served: 0 }
  let served = 0
  for (const [guess, at] of times(guesses, 10_000).entries()) {
    guards.clock.now = at
    if (at >= owner.asked * 1_000) {
      owner.asked += 1
      if (await attempt(guards, 0, home, true, 'device')) owner.served += 1
    }
    if (await attempt(guards, 0, nthAddress(guess % addresses), false)) served += 1
  }
  const shared = { objects: guards.count(), busiest: guards.busiest() }
  const what = `${guesses.toLocaleString('en')} guesses at one account from ${addresses.toLocaleString('en')} addresses within 10 seconds`
  return [
    { what, asked: guesses, served, ...shared },
    { what: 'its owner, on a known device, meanwhile', ...owner, ...shared },
  ]
}

/** Everybody has forgotten their password in the same hour. */
export async function mailStorm(people: number): Promise<Spot> {
  const guards = simulatedGuards()
  const { deps } = guards
  let served = 0
  for (const [who, at] of times(people, 60 * MINUTE).entries()) {
    guards.clock.now = at
    const code = { purpose: 'reset_password', account: `person-${who}@example.com` }
    let granted = true
    for (const call of [mailFromAddress(deps, nthAddress(who)), ...mailTo(deps, code)]) {
      const held = await hold(deps, call)
      granted = held.granted
      if (!held.granted) break
      await held.settle('wrong')
    }
    if (granted) served += 1
  }
  const what = `${people.toLocaleString('en')} people ask for a mail to reset their password within an hour`
  return { what, asked: people, served, objects: guards.count(), busiest: guards.busiest() }
}

/** A signing key is withdrawn: every client refreshes as soon as its next request is refused, within a minute. */
export function keyWithdrawn(sessions: number): Spot {
  const objects = simulatedObjects()
  for (const [who, at] of times(sessions, MINUTE).entries()) {
    objects.clock.now = at
    objects.called(`sessions:${who}`)
  }
  const what = `a signing key is withdrawn, and ${sessions.toLocaleString('en')} sessions refresh within a minute`
  return { what, asked: sessions, served: sessions, objects: objects.count(), busiest: objects.busiest() }
}

/** Isolates that all lack the copy of one profile write it at once; KV takes one write a second of a key. */
export function oneProfile(isolates: number): Spot {
  const objects = simulatedObjects()
  let written = 0
  let next = 0
  for (const at of times(isolates, 10_000)) {
    objects.clock.now = at
    objects.called('sessions:0')
    if (at < next) continue
    written += 1
    next = at + 1000
  }
  const what = `${isolates.toLocaleString('en')} isolates write the copy of one profile to KV within 10 seconds`
  return { what, asked: isolates, served: written, objects: objects.count(), busiest: objects.busiest() }
}
