import * as z from 'zod/mini'
import { type App, endpoint } from '../../http/endpoint.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'

const JwkSet = lazy(() =>
  described(z.object({ keys: z.array(z.record(z.string(), z.unknown())) }), { title: 'JwkSet' }),
)

/** Shorter than the time by which a new key is published before it signs, so that no verifier meets a key it cannot know. */
const CACHED_SECONDS = 300

export function publicKeys(app: App) {
  endpoint(
    app,
    {
      method: 'get',
      paths: ['/.well-known/jwks.json'],
      tag: 'Keys',
      summary: 'The public keys: next, current and last',
      description:
        'For those who check tokens themselves. Fetch it again when a token names a key that you do not know.',
      answer: { status: 200, description: 'A JWK set (RFC 7517).', schema: JwkSet },
      errors: [],
    },
    async (c) => {
      const keys = await c.get('deps').tokens.keys()
      return c.json(keys.jwks(c.get('deps').now()), 200, { 'cache-control': `public, max-age=${CACHED_SECONDS}` })
    },
  )
}
