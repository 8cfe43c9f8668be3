import type { PairAlgorithm } from '../../src/crypto/algorithms.ts'
import { Complaint } from '../complaint.ts'

/** What may be known of a key without its private half. */
export type KnownKey = Readonly<{ slot: number; kid: string; algorithm: PairAlgorithm; signsFrom: Date }>

export type KeyRole = 'next' | 'current' | 'last' | 'older'

/** What every plan is made from: the keys, the algorithm that signs, and how long a token lives. */
export type Situation = Readonly<{
  keys: readonly KnownKey[]
  algorithm: PairAlgorithm
  tokenSeconds: number
  now: Date
}>

const SLOTS = [1, 2, 3, 4]

const newestFirst = (keys: readonly KnownKey[]) =>
  keys.toSorted((a, b) => b.signsFrom.getTime() - a.signsFrom.getTime())

const begun = ({ keys, now }: Situation) => newestFirst(keys).filter(({ signsFrom }) => signsFrom <= now)

export const currentKey = (situation: Situation): KnownKey | undefined =>
  begun(situation).find(({ algorithm }) => algorithm === situation.algorithm)

/** The keys that wait for their time, the soonest first. */
export const waitingKeys = ({ keys, now }: Situation): KnownKey[] =>
  newestFirst(keys)
    .filter(({ signsFrom }) => signsFrom > now)
    .toReversed()

export function roleOf(key: KnownKey, situation: Situation): KeyRole {
  const current = currentKey(situation)
  if (key === current) return 'current'
  if (key.signsFrom > situation.now) return 'next'
  return key === begun(situation).find((one) => one !== current) ? 'last' : 'older'
}

/** When the last token that this key has signed is dead; undefined as long as no newer key signs in its stead. */
export function deadFrom(key: KnownKey, situation: Situation): Date | undefined {
  const successor = begun(situation).findLast(
    ({ algorithm, signsFrom }) => algorithm === situation.algorithm && signsFrom > key.signsFrom,
  )
  return successor && new Date(successor.signsFrom.getTime() + situation.tokenSeconds * 1000)
}

/** The keys whose every token is dead, the oldest first. */
export function retirableKeys(situation: Situation): KnownKey[] {
  const dead = newestFirst(situation.keys).filter((key) => {
    const from = deadFrom(key, situation)
    return from !== undefined && from <= situation.now
  })
  return dead.toReversed()
}

/** Where a new key goes, and which key it pushes out. */
export function roomFor(situation: Situation): { slot: number; instead: KnownKey | undefined } {
  const free = SLOTS.find((slot) => !situation.keys.some((key) => key.slot === slot))
  if (free !== undefined) return { slot: free, instead: undefined }
  const [oldest] = retirableKeys(situation)
  if (oldest) return { slot: oldest.slot, instead: oldest }
  throw new Complaint('All four slots hold keys whose tokens are still alive. Wait until one can be retired.')
}

/** After a leak there is no waiting: the oldest key that signs no more makes room. */
export function roomAtOnce(situation: Situation, leaked: KnownKey): { slot: number; instead: KnownKey | undefined } {
  const free = SLOTS.find((slot) => !situation.keys.some((key) => key.slot === slot))
  if (free !== undefined) return { slot: free, instead: undefined }
  const oldest = begun(situation).findLast((key) => key !== leaked) ?? waitingKeys(situation).at(-1) ?? leaked
  return { slot: oldest.slot, instead: oldest }
}

/** Which keys go at a plain retirement; a sentence about the waiting where none may. */
export function keysToRetire(situation: Situation, kid: string | undefined): KnownKey[] {
  const named = kid === undefined ? undefined : findKey(situation, kid)
  const ready = retirableKeys(situation).filter((key) => named === undefined || key === named)
  if (ready.length > 0) return ready
  const asked = named ?? begun(situation).find((key) => key !== currentKey(situation))
  if (!asked) throw new Complaint('There is no key to retire: rotate first.')
  const from = deadFrom(asked, situation)
  if (!from)
    throw new Complaint(
      `${asked.kid} is the ${roleOf(asked, situation)} key. Only a compromised one is removed before its end.`,
    )
  throw new Complaint(`Tokens of ${asked.kid} are alive until ${from.toISOString()}. Retire it then.`)
}

export function findKey({ keys }: Situation, kid: string): KnownKey {
  const key = keys.find((one) => one.kid === kid)
  if (!key) throw new Complaint(`There is no key ${kid}. \`npm run keys -- list\` shows them all.`)
  return key
}
