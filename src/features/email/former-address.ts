import { type SQL, sql } from 'drizzle-orm'
import type { Deps } from '../../kernel/deps.ts'
import { inMinutes, STOP_HOURS } from '../codes/purposes.ts'

// A thief of an account could change its address and then register the old one, so that no link could bring it back. So the
// account keeps its former address, which cannot log in, while such a link lives. One statement exchanges the row: a concurrent
// registration waits for the primary key and finds the address taken.

/** The working links that bring this address back. */
const links = (now: Date, name: SQL, user: SQL) => sql`
  select 1 from codes as link
  where link.purpose = 'change_email' and link.user_id = ${user} and link.payload->>'from' = ${name}
    and link.cancelled_at is null and link.created_at > ${inMinutes(now, -STOP_HOURS * 60).toISOString()}::timestamptz`

/** Reads the CTE `vacated`, so that Postgres runs it first. */
const onceVacated = sql`(select count(*) from vacated) >= 0`

/** The CTEs of a change from `tried.payload->>'from'`; it may go back to an address that was left before. */
export const leavingAddress = (): Record<string, SQL> => ({
  vacated: sql`delete from identifiers using changed
    where identifiers.user_id = changed.user_id
      and (identifiers.kind = 'email' or identifiers.kind is null and identifiers.identifier = changed.email)
    returning identifiers.identifier`,
  renamed: sql`insert into identifiers (identifier, kind, user_id)
    select named.identifier, named.kind, changed.user_id
    from changed, tried, lateral (values (changed.email, 'email'), (tried.payload->>'from', null))
      as named (identifier, kind)
    where ${onceVacated}`,
})

/** The CTEs of a return to `changed.email`. Addresses that were left later become free; those that were left earlier stay. */
export const comingBack = (now: Date): Record<string, SQL> => ({
  vacated: sql`delete from identifiers using changed, tried
    where identifiers.user_id = changed.user_id
      and (identifiers.kind = 'email' or identifiers.kind is null and (identifiers.identifier = changed.email
        or not exists (${links(now, sql`identifiers.identifier`, sql`changed.user_id`)}
          and link.created_at < tried.created_at)))
    returning identifiers.identifier`,
  renamed: sql`insert into identifiers (identifier, kind, user_id)
    select changed.email, 'email', changed.user_id from changed where ${onceVacated}`,
})

/** Frees former addresses that no link can bring back. */
export async function tidyFormerAddresses(deps: Pick<Deps, 'db' | 'now'>): Promise<void> {
  const db = await deps.db()
  await db.execute(sql`
    delete from identifiers where identifiers.kind is null
      and not exists (${links(deps.now(), sql`identifiers.identifier`, sql`identifiers.user_id`)})`)
}
