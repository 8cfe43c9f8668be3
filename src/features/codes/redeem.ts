import { type SQL, sql } from 'drizzle-orm'
import { CODE_MINUTES, inMinutes, type Purpose, TRIES_PER_CODE } from './purposes.ts'

/**
 * Digits belong to an account, and only its newest code can match. A registration names its code by `codeId`. With empty
 * `hashes`, nothing is compared and no try is counted.
 */
export type Presented = {
  purpose: Purpose
  account: string
  hashes: readonly string[]
  userId?: number
  codeId?: string
  /** The statement has the CTE `untold` (`change-by-code.ts`). A row there is a repetition, and no try at a newer code. */
  repeatable?: boolean
}

export type PresentedLink = { purpose: Purpose; hashes: readonly string[] }

export const moment = (at: Date) => sql`${at.toISOString()}::timestamptz`
const live = (now: Date) =>
  sql`codes.redeemed_at is null and codes.cancelled_at is null and codes.expires_at > ${moment(now)}`

/**
 * The first CTE, `tried`, of every statement that redeems digits. It counts and compares in one step, so two callers never share
 * a try. The rest of the statement reads the rows with `tried.redeemed`.
 */
export function triedByDigits({ purpose, account, hashes, userId, codeId, repeatable }: Presented, now: Date): SQL {
  const newest = sql`(
    select chosen.code_id from codes as chosen
    where chosen.purpose = ${purpose} and chosen.account = ${account} and ${hashes.length > 0}::boolean
      and ${codeId === undefined ? sql`true` : sql`chosen.code_id = ${codeId}`}
      and ${userId === undefined ? sql`true` : sql`chosen.user_id = ${userId}`}
      and ${repeatable ? sql`not exists (select 1 from untold)` : sql`true`}
    order by chosen.created_at desc, chosen.code_id desc limit 1)`
  return sql`
    update codes set tries = codes.tries + 1,
      redeemed_at = case when codes.code_hash = any(${list(hashes)}) then ${moment(now)} end
    where codes.code_id = ${newest} and ${live(now)} and codes.tries < ${TRIES_PER_CODE}::int
    returning codes.code_id, codes.user_id, codes.account, codes.payload, codes.redeemed_at is not null as redeemed`
}

/** A link cannot be guessed, so no try is counted and strangers cannot use it up. */
export const triedByLink = ({ purpose, hashes }: PresentedLink, now: Date): SQL => sql`
  update codes set redeemed_at = ${moment(now)}
  where codes.purpose = ${purpose} and codes.link_hash = any(${list(hashes)}) and ${live(now)}
  returning codes.code_id, codes.user_id, codes.account, codes.payload, true as redeemed`

/** A used code may be repeated for as long as a code lives. */
const usedLately = (now: Date) =>
  sql`codes.cancelled_at is null and codes.redeemed_at > ${moment(inMinutes(now, -CODE_MINUTES))}`

/** `keep`: the session that used the code, if any. Only that session may repeat it. */
export const usedByDigits = (
  { purpose, account, hashes, userId }: Omit<Presented, 'codeId' | 'repeatable'>,
  now: Date,
  keep: string | null = null,
): SQL => sql`
  codes.purpose = ${purpose} and codes.account = ${account} and codes.code_hash = any(${list(hashes)})
  and ${userId === undefined ? sql`true` : sql`codes.user_id = ${userId}`}
  and codes.untold->>'keep' is not distinct from ${keep}::text and ${usedLately(now)}`

export const usedByLink = ({ purpose, hashes }: PresentedLink, now: Date): SQL => sql`
  codes.purpose = ${purpose} and codes.link_hash = any(${list(hashes)}) and ${usedLately(now)}`

export const list = (texts: readonly string[]): SQL =>
  sql`array(select jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb))`
