import { parseArgs } from 'node:util'
import { Complaint } from '../../cli/complaint.ts'
import { until } from '../../dev/processes/until.ts'
import { BAD, beating, diceFrom, FORGETFUL, failing, type Mortal, mortal, SHAKY } from './chaos.ts'
import { crowdOf, personOf } from './crowd.ts'
import { type FaultProxy, faultProxyTo } from './fault-proxy.ts'
import { reckon, type Story } from './reckoning.ts'
import type { Service } from './service.ts'
import { type Listeners, listenTo, startBrokers, startServiceBefore } from './setting-up.ts'

/** `npm run test:soak -- --users 300`: everything fails at random, heals, and then nothing may be missing. */
const given = parseArgs({
  options: { users: { type: 'string' }, sessions: { type: 'string' }, seed: { type: 'string' } },
})

const USERS = Number(given.values.users ?? 1000)
/** So many of them log in, three times each. */
const LOGGING_IN = Math.min(USERS, Number(given.values.sessions ?? Math.ceil(USERS / 10)))
const SEED = Number(given.values.seed ?? Date.now() % 100_000)
const KILLS = 3
/** More than the longest lease, or the longest wait after so many failures as there was time for. */
const HEALING_MS = 150_000
/** The longest wait of an object that could not tell. */
const FORGETFUL_MS = 45_000

type Mails = Map<string, { to: string[]; subject: string }>

const began = performance.now()
const say = (what: string) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${what}`)

type Stage = { service: Service; life: Mortal; proxies: Record<string, FaultProxy>; dice: () => number }

function failAtRandom({ service, proxies, dice }: Stage): void {
  const { faults } = service.stack
  for (const endpoint of ['emails', 'produce'] as const) faults.set(endpoint, failing(dice, BAD))
  for (const proxy of Object.values(proxies)) proxy.decide = failing(dice, BAD)
  faults.set('sql', failing(dice, SHAKY))
}

function heal({ service, proxies }: Stage): void {
  service.stack.faults.heal()
  for (const proxy of Object.values(proxies)) proxy.decide = () => undefined
}

async function play(stage: Stage): Promise<Story> {
  const { service, life } = stage
  const people = Array.from({ length: USERS }, (_, at) => personOf(at))
  const { crowd, ...all } = crowdOf(service, life)

  failAtRandom(stage)
  await all.register(people)
  await life.alive()
  say(`${crowd.registered} registered, while the Worker was killed ${life.kills} times`)

  const some = people.slice(0, LOGGING_IN)
  const opened = [...(await all.logIn(some)), ...(await all.logIn(some)), ...(await all.logIn(some))]
  const loggedOut = opened.filter((_, at) => at % 3 !== 2)
  const [early, late] = [loggedOut.slice(0, loggedOut.length / 2), loggedOut.slice(loggedOut.length / 2)]
  service.stack.faults.set('sql', 'refuse')
  say(`${opened.length} sessions opened; Postgres is stopped`)
  await all.refresh(opened.filter((session) => !loggedOut.includes(session)))
  await all.logOut(early)
  await life.killNow()
  say(`${early.length} sessions ended; every object was evicted with what it had to tell`)
  await all.logOut(late)
  service.stack.faults.set('sql', failing(stage.dice, FORGETFUL))
  await life.killNow()
  say(`${late.length} more sessions ended; Postgres is back, but half of its answers are lost`)
  // What the objects tell now, half of them will tell again.
  await until(async () => (await toldBySessions(service)) >= opened.length + loggedOut.length, FORGETFUL_MS)
  heal(stage)
  say('everything has healed')
  // An object tells in order, so when this has arrived, nothing is left that it might tell again.
  opened.push(...(await all.logIn(some)))
  return { people, opened, loggedOut, crowd }
}

async function toldBySessions(service: Service): Promise<number> {
  const [[told] = []] = await service.rows(`
    select count(distinct event_id) from outbox where type in ('session_opened', 'session_ended', 'session_evicted')`)
  return Number(told)
}

/** Each event that an object told is in the outbox, and each row of that has arrived. */
async function healed({ service }: Stage, hear: Listeners, { opened, loggedOut }: Story): Promise<boolean> {
  const [[waiting] = []] = await service.rows(`select count(*) from outbox where state = 'waiting'`)
  if (Number(waiting) > 0 || (await toldBySessions(service)) < opened.length + loggedOut.length) return false
  const [[published] = []] = await service.rows(`select count(distinct event_id) from outbox where sink = 'rabbitmq'`)
  const heard = [hear.rabbitmq, hear.kafka, hear.upstash].map(
    (listener) => new Set(listener.arrivals().map(({ value }) => value.event_id)).size,
  )
  return heard.every((count) => count === Number(published))
}

function tell(stage: Stage, counts: Record<string, number>, wrong: readonly string[]): void {
  const dealt = Object.entries(stage.proxies).map(
    ([name, proxy]) => [`${name}: faults dealt`, sum(proxy.dealt)] as const,
  )
  const rows = [...Object.entries(counts), ...dealt, ['kills of the Worker', stage.life.kills] as const]
  console.log(['', ...rows.map(([what, count]) => `  ${what.padEnd(28)}${String(count).padStart(7)}`), ''].join('\n'))
  if (wrong.length === 0) console.log('Nothing is lost, nothing out of order, nothing under two names.')
  if (wrong.length === 0) return
  console.error(`${wrong.length} things are wrong. The first of them:\n${wrong.slice(0, 20).join('\n')}`)
  process.exitCode = 1
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0)

async function soak(): Promise<void> {
  const dice = diceFrom(SEED)
  console.log(`${USERS} users, seed ${SEED}.`)
  const brokers = await startBrokers()
  const ending: (() => Promise<unknown>)[] = [brokers.stop]
  try {
    const rabbit = await faultProxyTo(brokers.rabbit.httpUrl)
    const kafka = await faultProxyTo(brokers.proxy.url)
    ending.push(rabbit.close, kafka.close)
    const service = await startServiceBefore(brokers, { rabbitUrl: rabbit.url, kafkaUrl: kafka.url })
    ending.push(service.stop)
    const hear = await listenTo(brokers, service.stack)
    ending.push(hear.stop)
    await hear.rabbitmq.connect()
    say(`Everything runs; before Kafka stands ${brokers.proxy.what}`)

    const mails: Mails = new Map()
    const collect = () => service.stack.inbox.mails().forEach((mail) => void mails.set(mail.id, mail))
    const stage = {
      service,
      proxies: { rabbitmq: rabbit, 'kafka-rest': kafka },
      dice,
      life: mortal(service, dice, { times: KILLS, steps: USERS }),
    }
    // Nobody fires the cron: what an isolate left that was killed is swept by the objects that it had marked.
    const rest = beating(2_000, async () => collect())
    ending.push(rest)
    const story = await play(stage)
    await rest()
    const inTime = await until(() => {
      collect()
      return healed(stage, hear, story)
    }, HEALING_MS)
    say(inTime ? 'everything has arrived' : 'not everything has arrived in time')
    const { counts, wrong } = await reckon(service, hear, story, mails)
    tell(stage, counts, wrong)
  } finally {
    for (const step of ending.toReversed()) await step()
  }
}

try {
  await soak()
} catch (error) {
  if (!(error instanceof Complaint)) throw error
  console.error(error.message)
  process.exitCode = 1
}
