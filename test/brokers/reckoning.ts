import type { Crowd, Person, Session } from './crowd.ts'
import { differences, type Ledger, ledgerOf } from './ledger.ts'
import type { Service } from './service.ts'
import type { Listeners } from './setting-up.ts'

/** What went in, as those know who did it. */
export type Story = {
  people: readonly Person[]
  opened: readonly Session[]
  loggedOut: readonly Session[]
  crowd: Crowd
}

type Mails = ReadonlyMap<string, { to: string[]; subject: string }>

export type Counts = Record<string, number>

/** What came out, compared: with the clients, with the database, and of one sink with another. */
export async function reckon(service: Service, hear: Listeners, story: Story, mails: Mails) {
  const ledgers = Object.entries({
    rabbitmq: ledgerOf(hear.rabbitmq.arrivals()),
    'kafka-rest': ledgerOf(hear.kafka.arrivals()),
    'upstash-kafka': ledgerOf(hear.upstash.arrivals()),
  })
  const users = await usersIn(service)
  const wrong: string[] = []
  const counts: Counts = { people: story.people.length, users: users.size }
  if (users.size !== story.people.length) wrong.push(`${story.people.length - users.size} people are not registered`)
  for (const [what, times] of story.crowd.unexpected) wrong.push(`${times} times ${what}`)

  const [first] = ledgers
  for (const [sink, ledger] of ledgers) {
    const found = [...ledger.wrong, ...(first ? differences(first[1], ledger) : []), ...sessionsMissedBy(ledger, story)]
    wrong.push(...found.map((one) => `${sink}: ${one}`))
    for (const [id, email] of users) {
      const registered = eventsOf(ledger, id).filter(({ key }) => key === 'new_user' || key === 'UserCreated')
      if (registered.length !== 1) wrong.push(`${sink}: ${email} registered ${registered.length} times`)
    }
    counts[`${sink}: events`] = [...ledger.ofUser.values()].flat().length
    counts[`${sink}: repeated`] = ledger.duplicates
  }
  wrong.push(...(await rowsLeft(service)), ...(await countersOff(service)))
  wrong.push(...mailsMissed(users, mails))
  counts.mails = mails.size
  counts['sessions opened, at least'] = story.opened.length
  counts['sessions ended'] = story.loggedOut.length
  return { counts, wrong }
}

const eventsOf = ({ ofUser }: Ledger, user: number) => ofUser.get(user) ?? []

async function usersIn(service: Service): Promise<Map<number, string>> {
  const rows = await service.rows('select user_id, email from users')
  return new Map(rows.map(([id, email]) => [Number(id), String(email)]))
}

const ENDS = ['session_ended', 'session_evicted']

function sessionsMissedBy({ ofUser }: Ledger, { opened, loggedOut }: Story): string[] {
  const told = new Map<string, number>()
  for (const { key, value } of [...ofUser.values()].flat()) {
    const what = `${ENDS.includes(key) ? 'end' : key} ${value.session_id}`
    told.set(what, (told.get(what) ?? 0) + 1)
  }
  const expected = [...opened.map(({ id }) => `session_opened ${id}`), ...loggedOut.map(({ id }) => `end ${id}`)]
  return expected.filter((what) => told.get(what) !== 1).map((what) => `${what} was told ${told.get(what) ?? 0} times`)
}

/** When everything has healed, nothing waits and nothing was given up. */
async function rowsLeft(service: Service): Promise<string[]> {
  const rows = await service.rows(
    `select sink, state, last_error, count(*) from outbox where state <> 'delivered' group by 1, 2, 3`,
  )
  return rows.map(([sink, state, error, count]) => `${count} rows for ${sink} are ${state}: ${error}`)
}

/** The counter of each user stands where their last event does, so no number was left out at the end either. */
async function countersOff(service: Service): Promise<string[]> {
  const rows = await service.rows(`
    select user_id, counter.seq, max(outbox.seq) from event_counters as counter join outbox using (user_id)
    group by 1, 2 having counter.seq <> max(outbox.seq)`)
  return rows.map(([user, counted, last]) => `user ${user}: counted to ${counted}, but the last event is ${last}`)
}

function mailsMissed(users: ReadonlyMap<number, string>, mails: Mails): string[] {
  const welcomes = new Map<string, number>()
  for (const { to, subject } of mails.values()) {
    if (!/welcome/i.test(subject)) continue
    for (const one of to) welcomes.set(one, (welcomes.get(one) ?? 0) + 1)
  }
  return [...users.values()]
    .filter((email) => welcomes.get(email) !== 1)
    .map((email) => `${email} was welcomed ${welcomes.get(email) ?? 0} times`)
}
