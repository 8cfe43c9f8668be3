import * as z from 'zod'
import { parseObject } from '../../crypto/json.ts'
import { lazy, type Parsed } from '../../kernel/lazy.ts'
import { log, nameOf } from '../../kernel/log.ts'

const Profile = lazy(() =>
  z.object({
    user_id: z.int(),
    username: z.string(),
    version: z.int(),
    email: z.string(),
    full_name: z.string().nullable(),
    created_at: z.string(),
  }),
)

/** The copy of a user that may be a minute old. It never decides who may enter, or what they may do. */
export type CachedProfile = Parsed<typeof Profile>

type Writing = {
  write: (profile: CachedProfile) => Promise<void>
  forget: (userId: number) => Promise<void>
}

/** None of these ever fails: KV can be down, slow, stale or full without anybody noticing. */
export type Profiles = Writing & {
  read: (userId: number) => Promise<CachedProfile | null>
  /** These do, for whoever comes again. */
  strictly: Writing
}

const KEPT_SECONDS = 30 * 60
/** Reading the copy must not take longer than asking Postgres. */
const PATIENCE_MS = 500
const keyOf = (userId: number) => `user:${userId}`

export function profilesIn(kv: KVNamespace): Profiles {
  /** Others may write these keys too, and less into them than we need: such an entry is none. */
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
  return {
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
