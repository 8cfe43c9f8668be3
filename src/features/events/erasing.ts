import { type SQL, sql } from 'drizzle-orm'

/** The payload of a settled outbox row. The payload of a mail holds an address and is never read again, so it is erased. */
export const erased = (row: 'one' | 'taken'): SQL => {
  const name = sql.identifier(row)
  return sql`case when split_part(${name}.sink, ':', 1) = 'mail' then '{}'::jsonb else ${name}.payload end`
}

/**
 * The CTE of a deletion that erases all outbox rows of the user who is `changed`. It does not see the rows that its own statement
 * inserts, so the event that tells of the deletion stays. It reads `counted` in order to take its locks after the counter's, and
 * takes them in the order of `place`: everybody else who locks several rows of one user does the same.
 */
export const scrubbing = (): SQL => sql`
  delete from outbox using (
    select one.event_id, one.sink from changed, counted, outbox as one
    where one.user_id = changed.user_id order by one.place for update of one
  ) as one
  where outbox.event_id = one.event_id and outbox.sink = one.sink`

/** Recording an event takes this lock first. So no event of the user is recorded while it is held. */
export const lockingCounter = (userId: number): SQL => sql`
  insert into event_counters as counter (user_id, seq) values (${userId}::bigint, 0)
  on conflict (user_id) do update set seq = counter.seq`
