import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { parseConfig } from '../src/compose/config.ts'
import { deriveKeys, guardName } from '../src/crypto/keys.ts'
import { shardOf } from '../src/features/guard/shards.ts'
import { afterwork } from './support/after-work.ts'
import { call, postJson } from './support/api.ts'
import { mailing, otherThan, resetCode, withLinks } from './support/mailbox.ts'
import { codeOf, from, register } from './support/people.ts'

const shardIn = (email: string) => {
  const keys = deriveKeys(parseConfig(env))
  return shardOf(guardName(keys, 'service', email), 100).shard
}

describe('what all accounts share is held in shares', { timeout: 60_000 }, () => {
  it.each([1, 24, 25, 49, 50, 99, 100, 137, 1_000, 5_000])('of %i: all shares together are never more', (limit) => {
    const shares = new Map<number, number>()
    for (let n = 0; n < 2_000; n++) {
      const { shard, limit: share } = shardOf(`service:${n * 7_919}`, limit)
      shares.set(shard, share)
    }
    const sum = [...shares.values()].reduce((all, share) => all + share, 0)
    expect(sum).toBeLessThanOrEqual(limit)
    expect(sum).toBeGreaterThan(limit * 0.8)
    expect(Math.min(...shares.values())).toBeGreaterThanOrEqual(Math.min(limit, 25))
  })

  it('RESET_ALARM_PER_HOUR: a spent share closes digits for its own accounts, and for no others', async () => {
    const bindings = mailing()
    const all = Array.from({ length: 60 }, (_, n) => `user${n}@example.com`)
    const ours = all.filter((email) => shardIn(email) === shardIn('user0@example.com')).slice(0, 6)
    const [other = ''] = all.filter((email) => shardIn(email) !== shardIn('user0@example.com'))
    for (const email of [...ours, other]) await register(email)
    let host = 0
    const reset = (email: string, code: string) =>
      postJson(
        '/auth/password/reset',
        { email, code, new_password: 'a long new password' },
        from(`198.51.100.${++host}`),
        bindings,
      )
    const [owner = '', ...guessedAt] = ours
    const right = await resetCode(owner, bindings)
    for (const email of guessedAt) {
      const code = await resetCode(email, bindings)
      for (let n = 0; n < 5; n++) expect((await reset(email, otherThan(code))).status).toBe(400)
    }
    await afterwork()
    expect(await codeOf(await reset(owner, right)), 'its share is spent').toBe('400 invalid_code')
    expect((await reset(other, await resetCode(other, bindings))).status).toBe(204)
  })
})

it('RESET_URL: that is missing is said once at the start, where mail is on', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const said = () => warned.mock.calls.flat().filter((line) => String(line).includes('reset_url_unset')).length
  const bindings = mailing()
  await call('/health/live', {}, bindings)
  await call('/health/live', {}, bindings)
  expect(said()).toBe(1)
  await call('/health/live', {}, withLinks())
  await call('/health/live', {}, { ...env })
  expect(said()).toBe(1)
})
