import { deriveKeys, guardName, type Keys } from '../crypto/keys.ts'
import { type Database, databaseAt } from '../db/database.ts'
import { needsAttention } from '../features/events/outbox-status.ts'
import type { Sink } from '../features/events/types.ts'
import type { GuardDeps } from '../features/guard/reservation.ts'
import type { Probes } from '../features/health/probes.ts'
import { type Passwords, passwordsWith } from '../features/passwords/passwords.ts'
import { rememberSightings, type Sightings } from '../features/sessions/sightings.ts'
import { type Tokens, tokensWith } from '../features/sessions/tokens.ts'
import { type Profiles, profilesIn } from '../features/users/profiles.ts'
import type { Client } from '../http/client.ts'
import { log, nameOf } from '../kernel/log.ts'
import { forgedTokensWithin, type MayForge } from '../platform/forged-tokens.ts'
import { type AskSessions, sessionObjectsIn } from '../platform/session-objects.ts'
import { type Config, parseConfig, warningsAbout } from './config.ts'
import { enabledSinks, sinksFor } from './sinks.ts'

/** Everything that touches the world outside, as the use cases see it. */
export type Deps = {
  config: Config
  keys: Keys
  db: Database
  passwords: Passwords
  tokens: Tokens
  sightings: Sightings
  profiles: Profiles
  askSessions: AskSessions
  guard: GuardDeps
  /** Where events are to go, by name, for whoever records them. */
  sinksOn: readonly string[]
  /** The same as those who deliver them see it. */
  sinks: () => Sink[]
  mayForge: MayForge
  probes: Probes
  assets: Fetcher
  client: Client
  now: () => Date
  /** Work that the answer does not wait for. Its failure is recorded, since nobody else would hear of it. */
  later: (work: Promise<unknown>) => void
}

/** All but what belongs to one request. */
type Lasting = Omit<Deps, 'passwords' | 'guard' | 'client' | 'now' | 'sinks' | 'later'>
type PerIsolate = Lasting & {
  passwordsFor: ReturnType<typeof passwordsWith>
  guardFor: (later: Deps['later']) => GuardDeps
}

/** By the environment object, which the platform makes once for an isolate. */
const made = new WeakMap<object, PerIsolate>()

/** The only place that reads a Cloudflare binding. Settings are parsed and keys derived here, once. */
export function perIsolate(env: Env): PerIsolate {
  const known = made.get(env)
  if (known) return known
  const config = parseConfig(env)
  const keys = deriveKeys(config)
  const db = databaseAt(config)
  const guard = (name: string) => env.LOGIN_GUARD.getByName(name)
  const nameOf: GuardDeps['nameOf'] = (kind, text) => guardName(keys, kind, text)
  const fresh: PerIsolate = {
    config,
    keys,
    db,
    passwordsFor: passwordsWith(config),
    tokens: tokensWith(config),
    sightings: rememberSightings(),
    sinksOn: enabledSinks(config),
    profiles: profilesIn(env.PROFILES),
    askSessions: sessionObjectsIn(env.USER_SESSIONS),
    guardFor: (later) => ({ guard, nameOf, limits: config.guard, later }),
    mayForge: forgedTokensWithin(env.FORGED_TOKENS),
    probes: {
      postgres: async () => ((await needsAttention(await db(), new Date())) ? ['outbox'] : []),
      kv: () => env.PROFILES.get('ready').then(() => []),
      durable_object: async () => ((await guard('ready').ping()) ? [] : ['durable_object']),
    },
    assets: env.ASSETS,
  }
  for (const warning of warningsAbout(config)) log.warn(warning)
  made.set(env, fresh)
  return fresh
}

type Lifetime = Pick<ExecutionContext, 'waitUntil'>
/** Asking for a signal makes the platform watch the connection, so only those do who hash. */
type Caller = { clientOf: (config: Config) => Client; signal?: () => AbortSignal | undefined }

/** HTTP knows its client from the request, RPC is told. */
export function depsFrom(env: Env, ctx: Lifetime, { clientOf, signal = nobodyLeaves }: Caller): Deps {
  const { passwordsFor, guardFor, ...lasting } = perIsolate(env)
  const later = (work: Promise<unknown>) => ctx.waitUntil(work.catch(recordFailure))
  const client = clientOf(lasting.config)
  const deps: Deps = {
    ...lasting,
    passwords: passwordsFor(signal, client),
    guard: guardFor(later),
    client,
    now: () => new Date(),
    sinks: () => sinksFor(deps),
    later,
  }
  return deps
}

const nobodyLeaves = () => undefined

const recordFailure = (error: unknown) => log.error({ code: 'background_failure', reason: nameOf(error) })
