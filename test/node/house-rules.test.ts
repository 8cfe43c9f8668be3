import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && name !== 'env.d.ts')
  .map((name) => ({ name: name.replaceAll('\\', '/'), text: readFileSync(join(ROOT, 'src', name), 'utf8') }))

const filesWith = (pattern: RegExp) =>
  sources
    .filter(({ text }) => pattern.test(text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')))
    .map(({ name }) => name)
    .sort()

describe('the rules of the house', () => {
  it('no file has more than 200 lines', () => {
    const long = sources.filter(({ text }) => text.trimEnd().split('\n').length > 200)
    expect(long.map(({ name }) => name)).toEqual([])
  })

  it('one file reads bindings, and no file imports the environment', () => {
    expect(filesWith(/\benv\.[A-Z_]{3,}/)).toEqual(['compose/deps.ts'])
    expect(filesWith(/import \{[^}]*\benv\b[^}]*\} from 'cloudflare:workers'/)).toEqual([])
  })

  it('time comes from outside, but for the edges', () => {
    expect(filesWith(/\bDate\.now\(\)|new Date\(\)/)).toEqual([
      'compose/config.ts',
      'compose/deps.ts',
      'features/passwords/passwords.ts',
      'http/frame.ts',
      'kernel/log.ts',
      'platform/objects/drain.ts',
      'platform/objects/login-guard.ts',
      'platform/objects/mover.ts',
      'platform/objects/user-sessions.ts',
      'platform/objects/wake.ts',
    ])
  })

  // What a code allows happens in the statement that redeems it, so whatever redeems one says its statement beside its meaning.
  it('SQL lies in stores, and beside what it redeems', () => {
    expect(
      filesWith(/\bsql`|\bdb\s*\.(select|insert|update|delete|batch|execute)\b/).filter(
        (name) => !/^features\/(codes|email|recovery|registration)\//.test(name),
      ),
    ).toEqual([
      'db/schema.ts',
      'features/events/erasing.ts',
      'features/events/outbox-leases.ts',
      'features/events/outbox-settling.ts',
      'features/events/outbox-status.ts',
      'features/events/outbox-store.ts',
      'features/events/record.ts',
      'features/mail/mail-payload.ts',
      'features/mail/notices.ts',
      'features/users/changes.ts',
      'features/users/delete-user.ts',
      'features/users/store.ts',
      'features/users/user-events.ts',
    ])
  })

  it('whoever records rows has marked before that rows may wait', () => {
    const recorders = filesWith(/\brecording\(|\binsertObjectEvents\(|\brevive\(/)
    const stores = ['features/events/outbox-status.ts', 'features/events/outbox-store.ts', 'features/events/record.ts']
    const marked = filesWith(/\bmarkedDb\b/)
    expect(recorders.length).toBeGreaterThan(10)
    expect(recorders.filter((name) => !stores.includes(name) && !marked.includes(name))).toEqual([])
  })

  it('no shortcut past the compiler', () => {
    expect(filesWith(/\bas any\b|: any\b|@ts-|biome-ignore|\bas unknown as\b/)).toEqual([])
  })
})
