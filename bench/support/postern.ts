import { migrate } from '../../cli/database/migrations.ts'
import { newSigningKey } from '../../cli/keys/new-signing-key.ts'
import { openEngine } from '../../dev/stack/engine.ts'
import { startStack } from '../../dev/stack/server.ts'
import type { Built } from './build.ts'
import type { Served } from './workerd.ts'

export const STACK_PASSWORD = 'only-for-measurements'

/** The settings of production, hashes of full cost among them; guards wide enough that one client can knock all day. */
export async function posternWith(
  built: Built,
  { sqlUrl = 'http://127.0.0.1:1/sql', cost = 15 } = {},
): Promise<Served> {
  return {
    built,
    objects: { USER_SESSIONS: 'UserSessions', LOGIN_GUARD: 'LoginGuard' },
    settings: {
      ISSUER: 'https://auth.example.com',
      AUDIENCE: 'postern-measurements',
      DATABASE_URL: `postgres://postern:${STACK_PASSWORD}@localhost/postern`,
      DATABASE_HTTP_URL: sqlUrl,
      SECRET_KEY: 'Yx3b0tRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3U',
      SIGNING_KEY_1: await newSigningKey('ES256', new Date(0)),
      PASSWORD_COST: String(cost),
      // Production takes no hash that costs less than it should.
      ENVIRONMENT: cost < 15 ? 'development' : 'production',
      MAX_ADDRESS_CHECKS: '10000',
      MAX_ACCOUNT_CHECKS: '10000',
    },
  }
}

/** Postgres in this process, so that what it costs is not counted as the Worker's. */
export async function startDatabase() {
  const engine = await openEngine({})
  await migrate(engine)
  const stack = await startStack({ engine, password: STACK_PASSWORD })
  const close = async () => {
    await stack.close()
    await engine.close()
  }
  return { sqlUrl: `${stack.url}/sql`, close }
}
