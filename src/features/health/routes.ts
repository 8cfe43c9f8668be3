import * as z from 'zod/mini'
import { type App, endpoint } from '../../http/endpoint.ts'
import { AuthError } from '../../kernel/failure.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'
import { notReady } from './failures.ts'
import { rememberingReadiness } from './probes.ts'

const Alive = lazy(() =>
  described(z.object({ status: z.literal('ok'), name: z.string(), version: z.string() }), { title: 'Alive' }),
)
const Ready = lazy(() =>
  described(
    z.object({
      status: z.literal('ready'),
      warnings: described(z.optional(z.array(z.string())), {
        description: '`outbox`: a revocation has been waiting for over a minute, or an event was given up.',
      }),
    }),
    { title: 'Ready' },
  ),
)

const readiness = rememberingReadiness()

export function health(app: App) {
  endpoint(
    app,
    {
      method: 'get',
      paths: ['/health/live', '/'],
      tag: 'Health',
      summary: 'Is the process alive?',
      description: 'Asks nothing of anybody else.',
      answer: { status: 200, description: 'It is.', schema: Alive },
      errors: [],
      quiet: true,
    },
    (c) => {
      const { appName, appVersion } = c.get('deps').config
      return c.json({ status: 'ok', name: appName, version: appVersion })
    },
  )

  endpoint(
    app,
    {
      method: 'get',
      paths: ['/health/ready'],
      tag: 'Health',
      summary: 'Can it serve everybody?',
      description: 'Asks Postgres, KV and a Durable Object; one round of questions in five seconds.',
      answer: { status: 200, description: 'Everything it needs answers.', schema: Ready },
      errors: [notReady],
      quiet: true,
    },
    async (c) => {
      const { probes, now, later } = c.get('deps')
      const { ready, down, warnings } = await readiness(probes, now().getTime(), later)
      if (!ready) throw new AuthError(notReady, { reason: `down: ${down.join(', ')}`, down, retryAfter: 5 })
      return c.json({ status: 'ready', ...(warnings.length > 0 && { warnings }) })
    },
  )
}
