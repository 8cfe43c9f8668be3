type Cookie = { value: string; httpOnly: boolean; expires: number }

/** A browser's, as far as cookies for one host go: what `__Host-` demands is enforced, and what has expired is gone. */
export function cookieJar() {
  const cookies = new Map<string, Cookie>()
  const live = () => [...cookies].filter(([, { expires }]) => expires > Date.now())
  return {
    /** What the browser sends along. */
    header: (): Record<string, string> => {
      const pairs = live().map(([name, { value }]) => `${name}=${value}`)
      return pairs.length > 0 ? { cookie: pairs.join('; ') } : {}
    },
    keep: (response: Response) => {
      for (const line of response.headers.getSetCookie()) store(cookies, line)
    },
    names: () => live().map(([name]) => name),
    /** What a script in the page could read. */
    readable: () => live().filter(([, { httpOnly }]) => !httpOnly),
  }
}

function store(cookies: Map<string, Cookie>, line: string) {
  const [pair = '', ...rest] = line.split('; ')
  const attributes = new Map(
    rest.map((text) => text.split('=')).map(([name = '', value = '']) => [name.toLowerCase(), value]),
  )
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  const boundToHost = attributes.has('secure') && attributes.get('path') === '/' && !attributes.has('domain')
  if (name.startsWith('__Host-') && !boundToHost) return
  const expires = Date.now() + Number(attributes.get('max-age') ?? Number.POSITIVE_INFINITY) * 1_000
  cookies.set(name, { value: pair.slice(at + 1), httpOnly: attributes.has('httponly'), expires })
}
