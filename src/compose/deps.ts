import { createHasher } from '../crypto/hasher.ts'
import { deriveKeys, guardName } from '../crypto/keys.ts'
import { databaseAt } from '../db/database.ts'
import { needsAttention } from '../features/events/outbox-status.ts'
import type { GuardDeps } from '../features/guard/reservation.ts'
import { passwordsWith } from '../features/passwords/passwords.ts'
import { createSessionCache } from '../features/sessions/session-cache.ts'
import { tokensWith } from '../features/sessions/tokens.ts'
import { profilesIn } from '../features/users/profiles.ts'
import type { Client } from '../kernel/client.ts'
import type { Config } from '../kernel/config.ts'
import type { Deps } from '../kernel/deps.ts'
import { log, nameOf } from '../kernel/log.ts'
import { drainsIn } from '../platform/drains.ts'
import { forgeryLimitBy } from '../platform/forgery-limit.ts'
import { hasherBehind } from '../platform/hash-service.ts'
import { sessionObjectsIn } from '../platform/session-objects.ts'
import { marksIn } from '../platform/wake.ts'
import { parseConfig, warningsAbout } from './config.ts'
import { CATALOGUE } from './features.ts'
import { enabledSinks, sinksFor } from './sinks.ts'

/** The dependencies that outlive a request. */
type Lasting = Omit<Deps, 'passwords' | 'guard' | 'client' | 'now' | 'sinks' | 'later' | 'mark' | 'markedDb'>
type PerIsolate = {
  lasting: Lasting
  passwordsFor: ReturnType<typeof passwordsWith>
  guardFor: (later: Deps['later'], beside?: () => void) => GuardDeps
  markFor: ReturnType<typeof marksIn>
}

/** Between two hashes, others have the thread so long. It takes a third off their wait, and costs a log-in nothing. */
const REST_MS = 4

const now = () => Date.now()

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
  const lasting: Lasting = {
    config,
    keys,
    db,
    tokens: tokensWith(config),
    sessionCache: createSessionCache(),
    catalogue: CATALOGUE,
    sinksOn: { names: enabledSinks(config), catalogue: CATALOGUE },
    profiles: profilesIn(env.PROFILES),
    askSessions: sessionObjectsIn(env.USER_SESSIONS),
    drain: drainsIn(env.DRAINS),
    withinForgeryLimit: forgeryLimitBy(env.FORGED_TOKENS),
    probes: {
      postgres: async () => ((await needsAttention(await db(), new Date())) ? ['outbox'] : []),
      kv: () => env.PROFILES.get('ready').then(() => []),
      durable_object: async () => ((await guard('ready').ping()) ? [] : ['durable_object']),
    },
    assets: env.ASSETS,
  }
  const hasher = env.HASHER ? hasherBehind(env.HASHER, now) : createHasher({ now, restMs: REST_MS })
  const fresh: PerIsolate = {
    lasting,
    passwordsFor: passwordsWith(config.passwords, hasher),
    guardFor: (later, beside) => ({ guard: besideGuard(guard, beside), nameOf, limits: config.guard, later }),
    markFor: marksIn(env.WAKE),
  }
  for (const warning of warningsAbout(config)) log.warn(warning)
  made.set(env, fresh)
  return fresh
}

export const clock = () => new Date()

type Lifetime = Pick<ExecutionContext, 'waitUntil'>
/** Reading the signal makes the platform watch the connection, so only hashing reads it. */
type Caller = { clientOf: (config: Config) => Client; signal?: () => AbortSignal | undefined }

/** HTTP knows its client from the request, RPC is told. */
export function depsFrom(env: Env, ctx: Lifetime, { clientOf, signal = nobodyLeaves }: Caller): Deps {
  const { lasting, passwordsFor, guardFor, markFor } = perIsolate(env)
  const later = (work: Promise<unknown>) => ctx.waitUntil(work.catch(recordFailure))
  const mark = markFor(clock)
  const client = clientOf(lasting.config)
  const deps: Deps = {
    ...lasting,
    get passwords() {
      return passwordsFor(signal, client)
    },
    // Whoever records rows asks a guard first, so the mark is there when it is needed, and costs no time.
    guard: guardFor(later, () => later(mark())),
    client,
    now: clock,
    mark,
    markedDb: () => mark().then(lasting.db),
    sinks: () => sinksFor(deps),
    later,
  }
  return deps
}

const besideGuard =
  (guard: GuardDeps['guard'], beside = () => {}): GuardDeps['guard'] =>
  (name) => {
    beside()
    return guard(name)
  }

const nobodyLeaves = () => undefined

const recordFailure = (error: unknown) => log.error({ code: 'background_failure', reason: nameOf(error) })
