import { createHmac, hkdfSync } from 'node:crypto'
import { lazy } from '../kernel/lazy.ts'

export { checkSecretKey } from './secret-strength.ts'

/** One `info` per use (RFC 5869 §3.2): a value made for one use means nothing to another. Never change a row; add one. */
const USES = {
  refreshMac: 'postern/v1/refresh-mac',
  codeHash: 'postern/v1/code-hash',
  outboxSeal: 'postern/v1/outbox-seal',
  device: 'postern/v1/device',
  guardNames: 'postern/v1/guard-names',
  logPseudonyms: 'postern/v1/log-pseudonyms',
  cursors: 'postern/v1/cursors',
} as const

export type KeyUse = keyof typeof USES

/** `id` is the byte that everything keyed carries, so that a reader knows which root it came from. */
export type SecretKey = Readonly<{ id: number; key: Uint8Array<ArrayBuffer> }>

export type Keyring = Readonly<{
  /** What everything new is made with. */
  current: SecretKey
  /** What may have made a value that carries this id. One byte can name two roots, so all of them are to be tried. */
  candidates: (id: number) => readonly SecretKey[]
  /** For what carries no id, since it has to be found by its value; the current one first. */
  all: readonly SecretKey[]
}>

export type Keys = Readonly<Record<KeyUse, Keyring>>

/** Each is derived at its first use, once per isolate. Old roots are accepted everywhere and used for nothing new. */
export function deriveKeys(roots: { secretKey: string; oldSecretKeys: readonly string[] }): Keys {
  const all = [...new Set([roots.secretKey, ...roots.oldSecretKeys])]
  const keyring = (info: string): Keyring => {
    const known = all.map((root) => secretKey(root, info))
    const [current = secretKey(roots.secretKey, info)] = known
    return { current, candidates: (id) => known.filter((key) => key.id === id), all: known }
  }
  const derived = Object.entries(USES).map(([use, info]) => [use, { get: lazy(() => keyring(info)), enumerable: true }])
  return Object.defineProperties({}, Object.fromEntries(derived)) as Keys
}

const secretKey = (root: string, info: string): SecretKey => ({
  id: expand(root, 'postern/v1/key-id', 1)[0] ?? 0,
  key: expand(root, info, 32),
})

/** The root is hashed as it is written: hex, base64 and plain text need no guessing, and a copied key stays the same key. */
const expand = (root: string, info: string, length: number) =>
  new Uint8Array(hkdfSync('sha256', root, '', info, length))

const mac = (key: SecretKey, text: string) => createHmac('sha256', key.key).update(text).digest('base64url')

/** What a log says instead of an address or an identifier: the same text has the same name, and nobody can go back. */
export function pseudonym({ logPseudonyms: { current } }: Keys, text: string): string {
  const known = PSEUDONYMS.get(current) ?? new Map<string, string>()
  const name = known.get(text) ?? mac(current, text).slice(0, 12)
  if (known.size >= PSEUDONYMS_KEPT) known.clear()
  PSEUDONYMS.set(current, known.set(text, name))
  return name
}

/** Every request is logged, and a client sends many. */
const PSEUDONYMS = new WeakMap<SecretKey, Map<string, string>>()
const PSEUDONYMS_KEPT = 1_000

/** The name of the guard of an address or an identifier: a listing of object names tells nobody who they are. */
export const guardName = (keys: Keys, kind: string, text: string): string =>
  `${kind}:${mac(keys.guardNames.current, JSON.stringify([kind, text]))}`

declare module '../kernel/deps.ts' {
  interface Deps {
    keys: Keys
  }
}
