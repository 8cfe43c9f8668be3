import type { Advance, Open, Rotate } from '../../src/features/sessions/state/messages.ts'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE

export const secretOf = (id: string) => `hash-of-the-secret-of-${id}`.padEnd(43, '_')

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0'
export const place = { address: '192.0.2.7', country: 'NZ', network: '192.0.2.0/24', userAgent: FIREFOX }

export const claimsAt = (version: number) => ({ username: `ann-${version}`, roles: ['user'], emailVerified: true })

export const opening = (id: string, change: Partial<Open> = {}, policy: Partial<Open['policy']> = {}): Open => ({
  userId: 7,
  version: 1,
  authVersion: 1,
  claims: claimsAt(change.version ?? 1),
  session: { ...place, id, secretHash: secretOf(id), clientId: 'web', transport: 'body', amr: ['pwd'] },
  policy: { cap: 5, onFull: 'evict', idleSeconds: 30 * 86_400, absoluteSeconds: 90 * 86_400, ...policy },
  ...change,
})

export const rotation = (sessionId: string, generation: number, change: Partial<Rotate> = {}): Rotate => ({
  ...place,
  sessionId,
  secretHash: secretOf(sessionId),
  generation,
  transport: 'body',
  policy: { graceSeconds: 10, idleSeconds: 30 * 86_400 },
  ...change,
})

export const news = (version: number, authVersion: number, change: Partial<Advance> = {}): Advance => ({
  userId: 7,
  version,
  authVersion,
  claims: claimsAt(version),
  status: 'active',
  reason: 'password_changed',
  ...change,
})
