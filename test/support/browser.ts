import { postJson } from './api.ts'
import { PASSWORD } from './people.ts'

export const REFRESH_COOKIE = '__Host-postern_refresh'
export const DEVICE_COOKIE = '__Host-postern_device'

/** The whole line by which an answer sets this cookie, cut into its value and its attributes. */
export function cookieSet(response: Response, name = REFRESH_COOKIE) {
  const lines = response.headers.getSetCookie().filter((line) => line.startsWith(`${name}=`))
  if (lines.length !== 1) throw new Error(`set ${lines.length} times: ${name}`)
  const [pair = '', ...attributes] = lines[0]?.split('; ') ?? []
  const value = pair.slice(name.length + 1)
  const maxAge = Number(attributes.find((each) => each.startsWith('Max-Age='))?.slice('Max-Age='.length))
  return { value, attributes: attributes.filter((each) => !each.startsWith('Max-Age=')), maxAge }
}

export const cookie = (value: string, name = REFRESH_COOKIE) => ({ cookie: `${name}=${value}` })

export const logInByCookie = (headers: Record<string, string> = {}, bindings?: Env) =>
  postJson('/login', { username: 'ann@example.com', password: PASSWORD }, headers, bindings)
