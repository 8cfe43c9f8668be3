/** One message as a consumer got it, wherever. */
export type Arrival = { key: string; value: Value; headers: Record<string, unknown> }

export type Value = Record<string, unknown> & { event_id: string; user_id: number; seq: number }

export function asValue(text: string): Value {
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null) throw new Error('A message is not an object.')
  const { event_id, user_id, seq } = value as Record<string, unknown>
  if (typeof event_id !== 'string' || typeof user_id !== 'number' || typeof seq !== 'number')
    throw new Error('A message lacks its marks.')
  return { ...value, event_id, user_id, seq }
}

export type Ledger = {
  /** In the order in which they came for the first time. */
  ofUser: Map<number, Arrival[]>
  duplicates: number
  /** What no consumer may ever see, in words. */
  wrong: string[]
}

/** What somebody belongs to, so that their events have an order. */
const NOBODY = 0

/** A consumer that keeps the two rules: drop a repeated `event_id`, order by `seq`. It notes where they would not do. */
export function ledgerOf(arrivals: readonly Arrival[]): Ledger {
  const seen = new Map<string, string>()
  const ofUser = new Map<number, Arrival[]>()
  const wrong: string[] = []
  let duplicates = 0
  for (const arrival of arrivals) {
    const { event_id, user_id, seq } = arrival.value
    const said = JSON.stringify([arrival.key, arrival.value])
    const before = seen.get(event_id)
    if (before !== undefined) {
      duplicates += 1
      if (before !== said) wrong.push(`${event_id} came with two contents`)
      continue
    }
    seen.set(event_id, said)
    const earlier = ofUser.get(user_id) ?? []
    const last = earlier.at(-1)?.value.seq ?? 0
    if (user_id !== NOBODY && seq !== last + 1) wrong.push(`user ${user_id}: ${seq} came after ${last}`)
    ofUser.set(user_id, [...earlier, arrival])
  }
  return { ofUser, duplicates, wrong }
}

const idsOf = ({ ofUser }: Ledger) =>
  new Map([...ofUser].map(([user, arrivals]) => [user, arrivals.map(({ value }) => `${value.seq} ${value.event_id}`)]))

/** The same events under the same ids in the same order, for each user; says where not. */
export function differences(one: Ledger, other: Ledger): string[] {
  const [here, there] = [idsOf(one), idsOf(other)]
  return [...new Set([...here.keys(), ...there.keys()])].flatMap((user) => {
    const [left, right] = [here.get(user) ?? [], there.get(user) ?? []].map((ids) =>
      (user === NOBODY ? ids.toSorted() : ids).join(),
    )
    return left === right ? [] : [`user ${user}: ${left} here, and ${right} there`]
  })
}
