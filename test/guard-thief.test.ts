import { beforeEach, describe, expect, it } from 'vitest'
import { ask, bearer, PASSWORD, people, register, serviceWith } from './support/people.ts'

describe('whoever holds a session and no password', { timeout: 60_000 }, () => {
  let token = ''
  beforeEach(async () => {
    await register()
    token = (await people.logIn()).access_token
  })

  it('keeps the owner from no change of the password, however often they change the profile', async () => {
    const answers: number[] = []
    for (let n = 0; n < 31; n++)
      answers.push((await ask('PATCH', '/auth/me', token, { body: { full_name: `Ann ${n}` } })).status)
    expect(answers.at(-1)).toBe(429)
    const { post } = serviceWith({})
    const body = { current_password: PASSWORD, new_password: 'another long password' }
    expect((await post('/auth/password/change', body, bearer(token))).status).toBe(204)
  })
})
