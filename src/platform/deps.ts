import { type Config, parseConfig } from '../config.ts'
import { deriveKeys, type Keys } from '../crypto/keys.ts'
import { connect, type Database } from '../db/client.ts'
import type { Probes } from '../health/probes.ts'
import { type Client, clientOf } from './client.ts'
import { type Passwords, passwordsWith } from './passwords.ts'
import { type Profiles, profilesIn } from './profiles.ts'

/** Everything that touches the world outside, as the use cases see it. */
export type Deps = {
  config: Config
  keys: Keys
  db: Database
  passwords: Passwords
  profiles: Profiles
  probes: Probes
  assets: Fetcher
  client: Client
  now: () => Date
  /** Work that the answer does not wait for. Its failure is recorded, since nobody else would hear of it. */
  later: (work: Promise<unknown>) => void
}

type PerIsolate = Pick<Deps, 'config' | 'keys' | 'db' | 'passwords'>

/** Settings are parsed, keys derived and the driver made once for each environment object, which the platform makes once. */
const made = new WeakMap<object, PerIsolate>()

function perIsolate(env: Env): PerIsolate {
  const known = made.get(env)
  if (known) return known
  const config = parseConfig(env)
  const fresh = {
    config,
    keys: deriveKeys(config),
    db: connect(config),
    passwords: passwordsWith(config),
  }
  made.set(env, fresh)
  return fresh
}

/** The only place that reads a Cloudflare binding. */
export function depsFrom(env: Env, ctx: Pick<ExecutionContext, 'waitUntil'>, request: Request): Deps {
  const isolate = perIsolate(env)
  return {
    ...isolate,
    profiles: profilesIn(env.PROFILES),
    probes: {
      postgres: () => isolate.db.execute('select 1'),
      kv: () => env.PROFILES.get('ready'),
      durable_object: () => env.LOGIN_GUARD.getByName('ready').ping(),
    },
    assets: env.ASSETS,
    client: clientOf(request, isolate.config.clientAddressHeader),
    now: () => new Date(),
    later: (work) => ctx.waitUntil(work.catch(recordFailure)),
  }
}

function recordFailure(error: unknown) {
  const name = error instanceof Error ? error.name : typeof error
  console.error(JSON.stringify({ at: new Date().toISOString(), code: 'background_failure', reason: name }))
}
