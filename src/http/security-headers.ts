/** For every answer: TLS only, no guessing of content types, no framing, no referrer. */
const ALWAYS = Object.entries({
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
})

/** The defaults of the API: load nothing, store nothing. A page sets its own policy, and a cacheable answer its own lifetime. */
const UNLESS_SAID_OTHERWISE = Object.entries({
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
})

export function protect(headers: Headers): void {
  for (const [name, value] of ALWAYS) headers.set(name, value)
  for (const [name, value] of UNLESS_SAID_OTHERWISE) if (!headers.has(name)) headers.set(name, value)
  // The answer can depend on `Origin` (RFC 9110 §12.5.5).
  if (!/\borigin\b/i.test(headers.get('vary') ?? '')) headers.append('vary', 'Origin')
}
