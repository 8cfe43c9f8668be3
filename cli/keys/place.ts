import type { PairAlgorithm } from '../../src/crypto/algorithms.ts'
import type { KnownKey } from './plan.ts'

/** Where signing keys live: a file of this machine, or the secrets of a deployed Worker. */
export type Place = Readonly<{
  name: string
  keys: () => Promise<KnownKey[]>
  /** Which algorithm the service signs with, where the place itself says so. */
  algorithm: () => Promise<PairAlgorithm | undefined>
  /** How long a token may live there. */
  tokenSeconds: () => Promise<number>
  put: (key: KnownKey, text: string) => Promise<void>
  remove: (key: KnownKey) => Promise<void>
  /** Lets a waiting key sign now. False where secrets cannot be read back, so it cannot be changed either. */
  beginNow: (key: KnownKey, now: Date) => Promise<boolean>
}>

export const settingOf = (slot: number) => `SIGNING_KEY_${slot}`
