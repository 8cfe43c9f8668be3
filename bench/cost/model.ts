import { COUNTED, type Name } from '../counted.ts'
import { PRICES, TAKEN } from './prices.ts'

const GIGABYTES = 0.128
const HOURS = 730
const SECONDS = HOURS * 3600

const HASHES: readonly Name[] = Object.keys(COUNTED).filter((name): name is Name =>
  /^(register|log-in|wrong password)/.test(name),
)
const OVER_RPC: readonly Name[] = ['verify', 'verify, seen lately']

export const cpuMsOf = (name: Name) => (HASHES.includes(name) ? TAKEN.hashMs + TAKEN.logInMs : TAKEN.otherMs)

export type Bill = { requests: number; cpu: number; objects: number; rows: number; kv: number }

/** What one million of an operation costs at Cloudflare. A Worker that is called over a binding pays for no request. */
export function perMillion(name: Name): Bill {
  const { objectCalls, rows, kvReads, kvWrites } = COUNTED[name]
  const seconds = (objectCalls * TAKEN.objectMs) / 1000
  return {
    requests: OVER_RPC.includes(name) ? 0 : PRICES.request,
    cpu: cpuMsOf(name) * PRICES.cpuMs,
    objects: objectCalls * PRICES.objectCall + seconds * GIGABYTES * PRICES.objectGBs,
    rows: rows * PRICES.rowWritten + objectCalls * TAKEN.rowsReadByCall * PRICES.rowRead,
    kv: kvReads * PRICES.kvRead + kvWrites * PRICES.kvWrite,
  }
}

export const total = (bill: Bill) => Object.values(bill).reduce((sum, part) => sum + part, 0)

/** What comes with one log-in of a usual service. */
export const MIX: Partial<Record<Name, number>> = {
  register: 0.05,
  'log-in, the first': 0.05,
  'log-in, known device': 0.6,
  'log-in, at the limit of sessions': 0.2,
  'log-in, new address': 0.1,
  'log-in, new device': 0.05,
  'wrong password': 0.1,
  refresh: 20,
  'me, first use of a token': 20,
  me: 10,
  'me, nothing cached': 0.5,
  verify: 20,
  'verify, seen lately': 80,
  'log-out': 0.2,
}

const isName = (name: string): name is Name => name in COUNTED
const mixed = Object.entries(MIX).flatMap(([name, times]) => (isName(name) ? [{ name, times }] : []))

export type Month = Bill & {
  logIns: number
  neon: number
  logInsAtPeak: number
  cores: number
  statementsAtPeak: number
}

/** A month with so many log-ins, and what comes with them. */
export function monthOf(logIns: number): Month {
  const sum = (of: (name: Name) => number) => mixed.reduce((all, { name, times }) => all + times * of(name), 0)
  const bill = (part: keyof Bill) => (logIns / 1e6) * sum((name) => perMillion(name)[part])
  const atPeak = (logIns / SECONDS) * TAKEN.peak
  const statementsAtPeak = atPeak * sum((name) => COUNTED[name].sql)
  const hashes = sum((name) => (HASHES.includes(name) ? 1 : 0))
  const units = Math.max(TAKEN.smallestUnit, statementsAtPeak / TAKEN.statementsPerUnit)
  return {
    logIns,
    requests: bill('requests'),
    cpu: bill('cpu'),
    objects: bill('objects'),
    rows: bill('rows'),
    kv: bill('kv'),
    neon: units * HOURS * PRICES.neonComputeUnit,
    logInsAtPeak: atPeak,
    cores: (atPeak * hashes * TAKEN.hashMs) / 1000,
    statementsAtPeak,
  }
}

export const totalOf = ({ requests, cpu, objects, rows, kv, neon }: Month) =>
  requests + cpu + objects + rows + kv + neon
