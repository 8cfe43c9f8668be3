import { expect, it } from 'vitest'
import { pass } from './support/clock.ts'
import { objectOf, people, register, type TokenAnswer } from './support/people.ts'

const ELSEWHERE = { 'user-agent': 'curl/8.5.0' }

const tokensOf = async (response: Response): Promise<TokenAnswer> => {
  expect(response.status).toBe(200)
  return response.json()
}
const shadowsIn = async (object: ReturnType<typeof objectOf>) => {
  const peeked = await object.outboxPeek(100)
  return peeked.ok ? peeked.value.events.filter(({ type }) => type === 'refresh_shadowed') : []
}

/** One generation further, and the token before it again from elsewhere, which gets the same successor. */
async function shadowed(tokens: TokenAnswer): Promise<TokenAnswer> {
  const next = await tokensOf(await people.refresh(tokens.refresh_token))
  const again = await tokensOf(await people.refresh(tokens.refresh_token, ELSEWHERE))
  expect(again.refresh_token).toBe(next.refresh_token)
  return next
}

it('a refresh repeated from elsewhere, over many generations: one refresh_shadowed per session and hour', async () => {
  await register()
  pass({ days: 1 })
  let tokens = await people.logIn()
  const object = objectOf(tokens)
  for (let generation = 0; generation < 20; generation++) tokens = await shadowed(tokens)
  expect(await shadowsIn(object)).toMatchObject([{ payload: { shadow_device: 'curl' } }])
  pass({ minutes: 59, seconds: 59 })
  tokens = await shadowed(tokens)
  expect(await shadowsIn(object)).toHaveLength(1)
  await shadowed(await people.logIn())
  expect(await shadowsIn(object), 'another session has an hour of its own').toHaveLength(2)
  pass({ seconds: 1 })
  tokens = await shadowed(await shadowed(tokens))
  expect(await shadowsIn(object)).toHaveLength(3)
})
