import { env } from 'cloudflare:workers'
import { call } from './api.ts'

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>

/** `fetch` as a client has it. The platform names the client's address, and no client does. */
export function edge(settings: Record<string, string> = {}, address = '203.0.113.7'): Fetch {
  const bindings: Env = { ...env, ...settings }
  return (path, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('cf-connecting-ip', address)
    return call(path, { ...init, headers }, bindings)
  }
}

export const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
