import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../src/index.ts'

export const ORIGIN = 'https://auth.example.com'

/**
 * A request as a client sends it, through the Worker's own entrance, and its answer as soon as it is there: for what the Worker
 * does afterwards there is `afterwork`. `bindings` may stand in for what is broken or watched.
 */
export const call = async (path: string, init?: RequestInit, bindings: Env = env): Promise<Response> =>
  worker.fetch(new Request(ORIGIN + path, init), bindings, createExecutionContext())

const CLIENT = { 'cf-connecting-ip': '203.0.113.7' }

export const postJson = (path: string, body: unknown, headers: Record<string, string> = {}, bindings?: Env) =>
  call(
    path,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...CLIENT, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    bindings,
  )

export const postForm = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...CLIENT, ...headers },
    body: new URLSearchParams(fields).toString(),
  })
