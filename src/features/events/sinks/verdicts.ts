import type { OutboxRow, Verdict } from '../types.ts'

export const DELIVERED: Verdict = { ok: true }
export const failed = (reason: string): Verdict => ({ ok: false, reason })

/** Nothing that is tried again later makes it fit; a replay after the catalogue was put right does. */
const UNFIT: Verdict = { ok: false, reason: 'does not fit the catalogue', final: true }

type Outgoing<Message> = { row: OutboxRow; message: Message }

/** Makes the messages and hands on those that could be made; the others get their verdict here. */
export async function deliverFitting<Message>(
  rows: readonly OutboxRow[],
  make: (row: OutboxRow) => Message | null,
  send: (outgoing: Outgoing<Message>[]) => Promise<Verdict[]>,
): Promise<Verdict[]> {
  const made = rows.map((row) => ({ row, message: make(row) }))
  const fit = made.filter((one): one is Outgoing<Message> => one.message !== null)
  const verdicts = fit.length > 0 ? await send(fit) : []
  const of = new Map(fit.map(({ row }, at) => [row, verdicts[at] ?? failed('nothing is known of it')]))
  return rows.map((row) => of.get(row) ?? UNFIT)
}
