import { setTimeout } from 'node:timers/promises'
import type { Mortal } from './chaos.ts'
import type { Answer, Service } from './service.ts'

const PASSWORD = 'four random common words'
const AT_ONCE = 16
const TRIES = 60

export type Person = { email: string; from: string }
export type Session = { person: Person; id: string; access: string; refresh: string }

/** Each with an address of their own, so that nobody's attempts count for anybody else. */
export const personOf = (at: number): Person => ({
  email: `person${at}@example.com`,
  from: `198.18.${Math.floor(at / 250)}.${(at % 250) + 1}`,
})

export type Crowd = {
  registered: number
  /** Answers that nobody should get, whatever is down. */
  unexpected: Map<string, number>
}

/** Clients as they should be: they wait and repeat while they are told to come again, or told nothing. */
export function crowdOf(service: Service, life: Mortal) {
  const crowd: Crowd = { registered: 0, unexpected: new Map() }

  type Asked = { method: string; path: string; body?: object; token?: string; from: string; done: readonly number[] }

  const persist = async ({ method, path, done, ...asked }: Asked): Promise<Answer | null> => {
    for (let tries = 0; tries < TRIES; tries += 1) {
      await life.alive()
      const answer = await service.ask(method, path, asked)
      // A lost answer leaves it open whether it was done, so the repetition may find that it was.
      if (done.includes(answer.status) || (tries > 0 && answer.status === 409)) return answer
      if (answer.status !== 0 && answer.status !== 503 && answer.status !== 429) {
        const what = `${answer.status} to ${method} ${path}`
        crowd.unexpected.set(what, (crowd.unexpected.get(what) ?? 0) + 1)
      }
      await setTimeout(250)
    }
    crowd.unexpected.set(`no end to ${method} ${path}`, (crowd.unexpected.get(`no end to ${method} ${path}`) ?? 0) + 1)
    return null
  }

  return {
    crowd,
    register: (people: readonly Person[]) =>
      beside(people, async ({ email, from }) => {
        const body = { email, password: PASSWORD }
        if (await persist({ method: 'POST', path: '/auth/register', body, from, done: [201] })) crowd.registered += 1
        life.progressed()
      }),
    logIn: (people: readonly Person[]) =>
      beside(people, async (person): Promise<Session[]> => {
        const body = { username: person.email, password: PASSWORD }
        const asked = { method: 'POST', path: '/auth/login', body, from: person.from, done: [200] }
        const answer = await persist(asked)
        if (!answer) return []
        const [access, refresh] = [String(answer.body.access_token), String(answer.body.refresh_token)]
        return [{ person, id: sessionIn(access), access, refresh }]
      }).then((sessions) => sessions.flat()),
    refresh: (sessions: readonly Session[]) =>
      beside(sessions, async ({ person, refresh }) => {
        const body = { refresh_token: refresh }
        await persist({ method: 'POST', path: '/auth/refresh', body, from: person.from, done: [200] })
      }),
    logOut: (sessions: readonly Session[]) =>
      beside(sessions, async ({ person, access }) => {
        const asked = { method: 'POST', path: '/auth/logout', body: {}, token: access, from: person.from, done: [200] }
        await persist(asked)
      }),
  }
}

/** `sid` is the object's name and the session's, and events name the second. */
function sessionIn(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }
  return claims.sid.split('.')[1] ?? ''
}

async function beside<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  const waiting = items.values()
  const lane = async () => {
    for (const item of waiting) results.push(await work(item))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return results
}
