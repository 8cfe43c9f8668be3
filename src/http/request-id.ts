/** Cloudflare's own id where there is one, so that our log and the platform's tell of the same request. */
export function requestIdOf({ headers }: Request): string {
  const ray = headers.get('cf-ray')
  return ray !== null && /^[0-9a-f]{16}(-[A-Z]{3})?$/.test(ray) ? ray : crypto.randomUUID()
}
