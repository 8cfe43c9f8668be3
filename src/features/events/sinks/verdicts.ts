import type { OutboxRow, Verdict } from '../types.ts'

export const DELIVERED: Verdict = { ok: true }
export type Failed = Extract<Verdict, { ok: false }>
export const failed = (reason: string): Failed => ({ ok: false, reason })

/** Retries cannot help. A replay after a fix of the catalogue can. */
const UNFIT: Verdict = { ok: false, reason: 'does not fit the catalogue', final: true }

type Outgoing<Message> = { row: OutboxRow; message: Message }

/** Sends the rows that fit the catalogue. The others get `UNFIT`. */
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
