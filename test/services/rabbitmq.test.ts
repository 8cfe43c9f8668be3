import { describe, expect, it } from 'vitest'
import { edge, json } from '../support/edge.ts'

/** The client of a service with RabbitMQ: an ordinary application that refreshes when it is told 401, and then once. */

type Tokens = { access_token: string; refresh_token: string }

function application(fetch = edge()) {
  let tokens: Tokens | undefined
  let refreshing: Promise<void> | undefined
  const post = async <T>(path: string, body: object): Promise<T> => {
    const response = await fetch(path, json(body))
    if (!response.ok) throw new Error(`${response.status}`)
    return response.json()
  }
  const refresh = async () => {
    tokens = await post<Tokens>('/auth/refresh', { refresh_token: tokens?.refresh_token })
  }
  const get = (path: string) => fetch(path, { headers: { authorization: `Bearer ${tokens?.access_token}` } })
  return {
    signup: (username: string, email: string, password: string) =>
      post<{ user_id: number }>('/auth/signup', { username, email, password }),
    login: async (username: string, password: string) => {
      tokens = await post<Tokens>('/auth/login', { username, password })
    },
    me: async () => {
      const first = await get('/auth/me')
      if (first.status !== 401) return first
      refreshing ??= refresh().finally(() => {
        refreshing = undefined
      })
      await refreshing
      return get('/auth/me')
    },
    logout: () => post('/auth/logout', { refresh_token: tokens?.refresh_token }),
    spoilAccessToken: () => {
      if (tokens) tokens = { ...tokens, access_token: `${tokens.access_token}x` }
    },
    copyOf: () => tokens?.refresh_token,
    put: (refresh_token = '') => {
      tokens = { access_token: 'none', refresh_token }
    },
  }
}

describe('a client of the service with RabbitMQ', () => {
  const ANN = ['ann', 'ann@example.com', 'correct horse battery'] as const

  it('signs up, logs in by username or address, and asks who it is', async () => {
    const app = application()
    expect(await app.signup(...ANN)).toMatchObject({ user_id: 1, username: 'ann', email: 'ann@example.com' })
    for (const name of ['ann', 'ann@example.com']) {
      await app.login(name, ANN[2])
      expect(await (await app.me()).json()).toMatchObject({ user_id: 1, username: 'ann' })
    }
    await expect(app.signup(...ANN)).rejects.toThrow('409')
  })

  it('refreshes when its access token is refused, also from two screens at once', async () => {
    const app = application()
    await app.signup(...ANN)
    await app.login('ann', ANN[2])
    app.spoilAccessToken()
    const screens = await Promise.all([app.me(), app.me(), app.me()])
    expect(screens.map(({ status }) => status)).toEqual([200, 200, 200])
  })

  it('two processes that share a refresh token both go on', async () => {
    const [one, other] = [application(), application()]
    await one.signup(...ANN)
    await one.login('ann', ANN[2])
    other.put(one.copyOf())
    one.spoilAccessToken()
    expect((await Promise.all([one.me(), other.me()])).map(({ status }) => status)).toEqual([200, 200])
    expect(one.copyOf()).toBe(other.copyOf())
  })

  it('logs out with its refresh token, and is out', async () => {
    const app = application()
    await app.signup(...ANN)
    await app.login('ann', ANN[2])
    expect(await app.logout()).toEqual({ status: 'success' })
    await expect(app.me()).rejects.toThrow('401')
  })
})
