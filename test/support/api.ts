import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import worker from '../../src/index.ts'

export const ORIGIN = 'https://auth.example.com'

/**
 * A request as a client sends it, through the Worker's own entrance. What the Worker does after its answer is waited for, so
 * that no test meets the afterwork of another; `bindings` may stand in for what is broken or watched.
 */
export async function call(path: string, init?: RequestInit, bindings: Env = env): Promise<Response> {
  const context = createExecutionContext()
  const request = new Request(ORIGIN + path, init)
  const response = await worker.fetch(request, bindings, context)
  await waitOnExecutionContext(context)
  return response
}

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
