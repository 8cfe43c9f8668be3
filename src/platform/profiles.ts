/** The copy of a user that may be a minute old. It never decides who may enter, or what they may do. */
export type CachedProfile = {
  user_id: number
  username: string
  version: number
  email: string
  full_name: string | null
  created_at: string
}

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
  const read = (userId: number) =>
    tolerating('read', null, () => withinPatience(kv.get<CachedProfile>(keyOf(userId), 'json')))
  const strictly: Writing = {
    write: async (profile) => {
      const present = await kv.get<CachedProfile>(keyOf(profile.user_id), 'json')
      if (present && present.version > profile.version) return
      await kv.put(keyOf(profile.user_id), JSON.stringify(profile), { expirationTtl: KEPT_SECONDS })
    },
    forget: (userId) => kv.delete(keyOf(userId)),
  }
  return {
    read,
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
    const reason = error instanceof Error ? error.name : typeof error
    console.warn(JSON.stringify({ at: new Date().toISOString(), code: 'profile_cache_failed', what, reason }))
    return instead
  }
}
