/** What is answered here is for whoever asked, over TLS, and is what it says it is: nobody frames it, guesses it or passes it on. */
const ALWAYS = Object.entries({
  'Strict-Transport-Security': 'max-age=63072000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
})

/** An API shows nothing, so nothing may be loaded; a page brings a policy of its own, and what everybody may keep says for how long. */
const UNLESS_SAID_OTHERWISE = Object.entries({
  'Content-Security-Policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
})

export function protect(headers: Headers): void {
  for (const [name, value] of ALWAYS) headers.set(name, value)
  for (const [name, value] of UNLESS_SAID_OTHERWISE) if (!headers.has(name)) headers.set(name, value)
  // Who names another origin may get another answer (RFC 9110 §12.5.5).
  if (!/\borigin\b/i.test(headers.get('vary') ?? '')) headers.append('vary', 'Origin')
}
