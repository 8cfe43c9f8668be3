import { jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import { edge, json } from '../support/edge.ts'

/**
 * The client of a service that knew people by their address, signed with HS256, and put a token on a black list when its
 * owner logged out; beside it a consumer that holds the same secret and checks tokens by itself.
 */

const JWT_SECRET = 'kD8-2mXw_9fQzL4vB7nR1tYc6HsJ3pGa'
const SETTINGS = { ALGORITHM: 'HS256', JWT_SECRET }

function client(fetch = edge(SETTINGS)) {
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
  return {
    signup: (email: string, password: string) => fetch('/auth/signup', json({ email, password })),
    login: async (email: string, password: string) => {
      const response = await fetch('/auth/login', json({ email, password }))
      if (!response.ok) throw new Error((await response.json<{ detail: string }>()).detail)
      return (await response.json<{ access_token: string }>()).access_token
    },
    me: (token: string) => fetch('/auth/me', bearer(token)),
    logout: (token: string) => fetch('/auth/logout', { method: 'POST', ...bearer(token) }),
  }
}

/** As it was written for the old service: the secret, the algorithm, and who it is about. */
async function consumer(token: string): Promise<{ id: number; name: unknown }> {
  const { payload } = await jwtVerify(token, new TextEncoder().encode(JWT_SECRET), { algorithms: ['HS256'] })
  return { id: Number(payload.sub), name: payload.username }
}

const ANN = ['ann@example.com', 'correct horse battery'] as const

describe('a client of the service with a black list', () => {
  it('signs up and logs in by address', async () => {
    const { signup, login, me } = client()
    const created = await signup(...ANN)
    expect([created.status, await created.json()]).toMatchObject([201, { email: 'ann@example.com' }])
    const answer = await me(await login(...ANN))
    expect([answer.status, await answer.json()]).toMatchObject([200, { email: 'ann@example.com' }])
    await expect(login('ann@example.com', 'wrong')).rejects.toThrow('The username or the password is wrong.')
  })

  it('the old access token is dead at once after log-out, and another log-in is not', async () => {
    const { signup, login, me, logout } = client()
    await signup(...ANN)
    const [here, there] = [await login(...ANN), await login(...ANN)]
    expect(await (await logout(here)).json()).toEqual({ status: 'success' })
    expect([(await me(here)).status, (await me(there)).status]).toEqual([401, 200])
    // As with a black list, logging out twice is no error.
    expect((await logout(here)).status).toBe(200)
  })

  it('a consumer with the secret checks tokens without asking anybody', async () => {
    const { signup, login } = client()
    await signup(...ANN)
    const token = await login(...ANN)
    expect(await consumer(token)).toEqual({ id: 1, name: 'ann@example.com' })
    const [header, , signature] = token.split('.')
    const forged = `${header}.${btoa('{"sub":"2"}').replaceAll('=', '')}.${signature}`
    await expect(consumer(forged)).rejects.toThrow('signature verification failed')
  })
})
