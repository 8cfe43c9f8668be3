import { call } from './api.ts'
import { breakEndpoint } from './switchboard.ts'

export type Provocation = (path: string, method: string) => Promise<Response>

const FORM = 'application/x-www-form-urlencoded'
const send =
  (type: string, body: string, headers: Record<string, string> = {}): Provocation =>
  (path, method) =>
    call(path, { method, body, headers: { 'content-type': type, ...headers } })

/** How anybody gets each refusal of the frame out of any operation that takes a body. */
export const PROVOKE_THE_FRAME: Record<string, Provocation> = {
  malformed_json: send('application/json', '{'),
  malformed_form: send(FORM, 'a=%'),
  repeated_key: send('application/json', '{"a":1,"a":2}'),
  forbidden_key: send('application/json', '{"__proto__":1}'),
  nested_too_deep: send('application/json', `${'['.repeat(9)}${']'.repeat(9)}`),
  foreign_origin: send(FORM, '', { origin: 'https://evil.example' }),
  body_too_large: send('application/json', ' '.repeat(70_000)),
  unsupported_media_type: send('text/plain', '{}'),
  invalid_body: send('application/json', '[]'),
}

export const withoutPostgres =
  (provocation: Provocation): Provocation =>
  async (path, method) => {
    await breakEndpoint('sql', 'refuse')
    return provocation(path, method)
  }
