/** The copy of a user that may be a minute old. It never decides who may enter, or what they may do. */
export type CachedProfile = {
  user_id: number
  username: string
  version: number
  email: string
  full_name: string | null
  created_at: string
}

export type Profiles = {
  read: (userId: number) => Promise<CachedProfile | null>
  write: (profile: CachedProfile) => Promise<void>
}

const KEPT_SECONDS = 30 * 60
const keyOf = (userId: number) => `user:${userId}`

export const profilesIn = (kv: KVNamespace): Profiles => ({
  read: (userId) => kv.get<CachedProfile>(keyOf(userId), 'json'),
  write: (profile) => kv.put(keyOf(profile.user_id), JSON.stringify(profile), { expirationTtl: KEPT_SECONDS }),
})
