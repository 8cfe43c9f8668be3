import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { afterwork } from '../support/after-work.ts'
import { edge, json } from '../support/edge.ts'

/**
 * The client of a FastAPI service with Kafka and Redis: it registers with an address as the username, logs in with an
 * `OAuth2PasswordRequestForm`, shows people what stands in `detail`, and others read `user:{id}` from the cache.
 */

type Tokens = { access_token: string; refresh_token: string; token_type: string }
type ValidationError = { msg: string }

class ShownError extends Error {}

async function answerOf<T>(response: Response): Promise<T> {
  const body = await response.json<T & { detail?: string | ValidationError[] }>()
  if (response.ok) return body
  const { detail = 'Unknown error' } = body
  throw new ShownError(typeof detail === 'string' ? detail : detail.map(({ msg }) => msg).join(', '))
}

function client(fetch = edge()) {
  let tokens: Tokens | undefined
  const signedIn = () => ({ authorization: `Bearer ${tokens?.access_token}` })
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })
  return {
    register: async (username: string, password: string, full_name?: string) =>
      answerOf<{ user_id: number; username: string }>(
        await fetch('/auth/register', json({ username, password, full_name })),
      ),
    login: async (username: string, password: string) => {
      const fields = { grant_type: 'password', username, password, scope: '', client_id: '', client_secret: '' }
      tokens = await answerOf<Tokens>(await fetch('/auth/login', form(fields)))
      expect(tokens.token_type).toBe('bearer')
    },
    me: async () => answerOf<{ username: string }>(await fetch('/auth/me', { headers: signedIn() })),
    refresh: async () => {
      tokens = await answerOf<Tokens>(
        await fetch('/auth/refresh_token', json({ refresh_token: tokens?.refresh_token })),
      )
    },
    logout: async () =>
      answerOf<{ status: string }>(await fetch('/auth/logout', { method: 'POST', headers: signedIn() })),
  }
}

const ANN = ['ann@example.com', 'correct horse battery'] as const

describe('a client of the FastAPI service with Kafka and Redis', () => {
  it('registers, logs in with a form, refreshes, and logs out', async () => {
    const ann = client()
    expect(await ann.register(...ANN, 'Ann')).toMatchObject({ user_id: 1, username: 'ann@example.com' })
    await ann.login(...ANN)
    expect(await ann.me()).toMatchObject({ user_id: 1, username: 'ann@example.com', full_name: 'Ann' })
    await ann.refresh()
    expect(await ann.me()).toMatchObject({ username: 'ann@example.com' })
    expect(await ann.logout()).toEqual({ status: 'success' })
    await expect(ann.me()).rejects.toThrow(ShownError)
  })

  it('shows people sentences', async () => {
    const ann = client()
    await ann.register(...ANN)
    await expect(ann.register(...ANN)).rejects.toThrow('This username or e-mail address is already taken.')
    await expect(ann.login('ann@example.com', 'wrong')).rejects.toThrow('The username or the password is wrong.')
    await expect(ann.register('bob@example.com', 'short')).rejects.toThrow('Some fields are missing or not acceptable.')
    await expect(ann.me()).rejects.toThrow('The access token is not valid')
  })

  it('is blocked after five wrong passwords, and is told for how long', async () => {
    const fetch = edge()
    const ann = client(fetch)
    await ann.register(...ANN)
    for (let count = 0; count < 5; count++) await expect(ann.login('ann@example.com', 'wrong')).rejects.toThrow()
    await afterwork()
    await expect(ann.login(...ANN)).rejects.toThrow('Too many attempts.')
    const response = await fetch('/auth/login', json({ username: ANN[0], password: ANN[1] }))
    expect([response.status, Number(response.headers.get('retry-after')) > 290]).toEqual([429, true])
  })

  it('others find user:{id} in the cache, with at least what they used to', async () => {
    const { user_id } = await client().register(...ANN)
    await afterwork()
    const cached = await env.PROFILES.get(`user:${user_id}`, 'json')
    expect(cached).toMatchObject({ user_id, username: 'ann@example.com', version: 1 })
  })
})
