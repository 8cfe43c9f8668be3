import type { Draft } from './draft.ts'

/** How many were lost is an event of its own, as soon as there is room for it. */
export function delivered(draft: Draft, { count }: { count: number }): void {
  draft.delivered = count
  const { account, now } = draft
  if (account === null || account.dropped === 0 || count === 0) return
  const payload = { user_id: account.userId, count: account.dropped }
  draft.events.unshift({ at: now, type: 'events_dropped', payload })
  draft.account = { ...account, dropped: 0 }
}
