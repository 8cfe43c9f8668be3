import { expect, it } from 'vitest'
import { throwing } from './support/pausing.ts'
import { type Client, type TokenAnswer, workerClient } from './support/people.ts'
import { type Wrapped, wrapped } from './support/wrapped-env.ts'

const NEW = 'battery staple horse'

/** Everything that can be answered in one life, with a pause between every two steps. */
async function life(who: Client, email: string, between: () => Promise<unknown> = async () => undefined) {
  const seen: unknown[] = []
  const step = async <T>(name: string, ask: () => Promise<T>): Promise<T> => {
    const answer = await ask()
    if (answer instanceof Response) seen.push([name, answer.status, await textOf(answer.clone())])
    else seen.push([name, JSON.stringify(answer)])
    await between()
    return answer
  }
  const tokens = async (name: string, ask: () => Promise<Response>): Promise<TokenAnswer> =>
    (await step(name, ask)).json()
  const logIn = (name: string, fields: object = {}) =>
    tokens(name, () => who.tryToLogIn({ username: email, ...fields }))

  const { user_id } = await (await step('register', () => who.register(email))).json<{ user_id: number }>()
  await step('register again', () => who.register(email))
  await step('wrong password', () => who.tryToLogIn({ username: email, password: NEW }))
  const first = await logIn('log in')
  const second = await logIn('log in elsewhere')
  await step('me', () => who.me(first.access_token))
  const next = await tokens('refresh', () => who.refresh(first.refresh_token))
  const same = await tokens('refresh by the same token', () => who.refresh(first.refresh_token))
  seen.push(['the same successor', same.refresh_token === next.refresh_token])
  await tokens('refresh by the successor', () => who.refresh(next.refresh_token))
  await step('refresh by a token that is older still', () => who.refresh(first.refresh_token))
  await step('me, of the session that was stolen', () => who.me(first.access_token))
  const third = await logIn('log in with the device', { device_token: second.device_token })
  await step('list', () => who.list(third.access_token))
  await step('change the profile', () => who.changeProfile(third.access_token, { full_name: 'Ann' }))
  await step('me, changed', () => who.me(third.access_token))
  await step('give a role', async () => (await who.setRoles(user_id, ['editor'])).ok)
  await step('me, with a role', () => who.me(third.access_token))
  await step('change the password', () => who.changePassword(third.access_token, NEW))
  await step('me, of the session that was ended', () => who.me(second.access_token))
  await step('refresh it', () => who.refresh(second.refresh_token))
  const fourth = await logIn('log in with the new password', { password: NEW })
  await step('verify', async () => (await who.verify(fourth.access_token)).ok)
  for (let n = 0; n < 5; n++) await logIn(`log in, ${n} more`, { password: NEW })
  await step('me, of the session that was evicted by the cap', () => who.me(third.access_token))
  const last = await logIn('log in once more', { password: NEW })
  await step('log out', () => who.logOut(last.access_token))
  await step('log out again', () => who.logOut(last.access_token))
  await step('refresh after log-out', () => who.refresh(last.refresh_token))
  const end = await logIn('log in for the last time', { password: NEW })
  await step('delete', () => who.deleteAccount(end.access_token, NEW))
  await step('me, deleted', () => who.me(end.access_token))
  await step('log in, deleted', () => who.tryToLogIn({ username: email, password: NEW }))
  return seen.map((each) => JSON.stringify(each))
}

/** Without what differs from one life to the next. */
const textOf = async (response: Response) =>
  (await response.text())
    .replaceAll(/[\w-]{20,}(\.[\w-]+)*/g, '…')
    .replaceAll(/\d{4}-[\d:.TZ-]+/g, '…')
    .replaceAll(/"user_id":\d+|ann\d/g, '…')

const neverBegun = () => {
  throw new Error('down')
}
const SETTINGS = { MAX_LOGIN_ATTEMPTS: '50' }

it.each<[string, (watch: Wrapped) => void, ((watch: Wrapped) => Promise<unknown>)?]>([
  ['with Durable Objects evicted between every two steps', () => undefined, (watch) => watch.evictAll()],
  ['while KV throws', (watch) => watch.on('Profiles', throwing)],
  ['while KV throws before it is asked', (watch) => watch.on('Profiles', neverBegun)],
  ['while KV forgets everything', (watch) => watch.on('Profiles.get', async () => null)],
  ['while KV answers nonsense', (watch) => watch.on('Profiles.get', async () => 'nonsense')],
])('a whole life is the same %s', { timeout: 60_000 }, async (_, disturb, between = async () => undefined) => {
  const undisturbed = await life(workerClient(wrapped(SETTINGS).env), 'ann1@example.com')
  const watch = wrapped(SETTINGS)
  disturb(watch)
  const disturbed = await life(workerClient(watch.env), 'ann2@example.com', () => between(watch))
  expect(disturbed).toEqual(undisturbed)
  const answered = [200, 201, 204, 401, 409, true, 'true']
  expect(new Set(disturbed.map((text) => JSON.parse(text)[1]))).toEqual(new Set(answered))
})
