import { exports } from 'cloudflare:workers'

export const ORIGIN = 'https://auth.example.com'

/** A request as a client sends it, through the Worker's own entrance. */
export const call = (path: string, init?: RequestInit) => exports.default.fetch(new Request(ORIGIN + path, init))

export const postJson = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.7', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

export const postForm = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'cf-connecting-ip': '203.0.113.7', ...headers },
    body: new URLSearchParams(fields).toString(),
  })
