import * as z from 'zod/mini'
import { parseObject } from '../../crypto/json.ts'
import { lazy, type Parsed } from '../../kernel/lazy.ts'
import { log, nameOf } from '../../kernel/log.ts'

const Profile = lazy(() =>
  z.object({
    user_id: z.int(),
    username: z.string(),
    version: z.int(),
    email: z.string(),
    full_name: z.nullable(z.string()),
    created_at: z.string(),
  }),
)

/** The cached copy of a user, which may be a minute old. It never decides about access. */
export type CachedProfile = Parsed<typeof Profile>

type Writing = {
  write: (profile: CachedProfile) => Promise<void>
  forget: (userId: number) => Promise<void>
}

/** These calls never throw: a failure of KV costs only the cache. */
export type Profiles = Writing & {
  /** What this isolate has shown lately, by the subject of the user: no other user ever has it, as a restored `user_id` might. */
  recall: (subject: string) => CachedProfile | null
  remember: (subject: string, profile: CachedProfile) => void
  read: (userId: number) => Promise<CachedProfile | null>
  /** These calls throw, for callers that retry. */
  strictly: Writing
}

const KEPT_SECONDS = 30 * 60
const MOST_SHOWN = 1_000
/** Reading the copy must not take longer than asking Postgres. */
const PATIENCE_MS = 500
const keyOf = (userId: number) => `user:${userId}`

export function profilesIn(kv: KVNamespace): Profiles {
  /** Other programs may write these keys with fewer fields. Such an entry counts as absent. */
  const entryOf = async (userId: number): Promise<CachedProfile | null> => {
    const { data } = Profile().safeParse(parseObject((await kv.get(keyOf(userId))) ?? ''))
    return data?.user_id === userId ? data : null
  }
  const strictly: Writing = {
    write: async (profile) => {
      const present = await entryOf(profile.user_id)
      if (present && present.version > profile.version) return
      await kv.put(keyOf(profile.user_id), JSON.stringify(profile), { expirationTtl: KEPT_SECONDS })
    },
    forget: (userId) => kv.delete(keyOf(userId)),
  }
  const shown = new Map<string, CachedProfile>()
  return {
    recall: (subject) => shown.get(subject) ?? null,
    remember: (subject, profile) => {
      shown.delete(subject)
      shown.set(subject, profile)
      const [oldest] = shown.keys()
      if (shown.size > MOST_SHOWN && oldest !== undefined) shown.delete(oldest)
    },
    read: (userId) => tolerating('read', null, () => withinPatience(entryOf(userId))),
    strictly,
    write: (profile) => tolerating('write', undefined, () => strictly.write(profile)),
    forget: (userId) => tolerating('forget', undefined, () => strictly.forget(userId)),
  }
}

function withinPatience<T>(asked: Promise<T>): Promise<T | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), PATIENCE_MS)
  return Promise.race([asked, late]).finally(() => clearTimeout(timer))
}

async function tolerating<T>(what: string, instead: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    log.warn({ code: 'profile_cache_failed', what, reason: nameOf(error) })
    return instead
  }
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    profiles: Profiles
  }
}
