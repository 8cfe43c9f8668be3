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
    expect(filesWith(/\benv\.[A-Z_]{3,}/)).toEqual(['platform/deps.ts'])
    expect(filesWith(/import \{[^}]*\benv\b[^}]*\} from 'cloudflare:workers'/)).toEqual([])
  })

  it('time comes from outside, but for the edges', () => {
    expect(filesWith(/\bDate\.now\(\)|new Date\(\)/)).toEqual([
      'config.ts',
      'durable/login-guard.ts',
      'durable/mover.ts',
      'durable/user-sessions.ts',
      'http/frame.ts',
      'platform/deps.ts',
      'platform/log.ts',
      'platform/passwords.ts',
    ])
  })

  // What a code allows happens in the statement that redeems it, so codes/ says each of its statements beside its meaning.
  it('SQL lies in stores, and beside what it redeems', () => {
    expect(
      filesWith(/\bsql`|\bdb\s*\.(select|insert|update|delete|batch|execute)\b/).filter(
        (name) => !name.startsWith('codes/'),
      ),
    ).toEqual([
      'accounts/changes.ts',
      'accounts/delete-user.ts',
      'accounts/store.ts',
      'accounts/user-events.ts',
      'db/schema.ts',
      'events/erasing.ts',
      'events/outbox-claims.ts',
      'events/outbox-status.ts',
      'events/outbox-store.ts',
      'events/record.ts',
      'mail/letter.ts',
      'mail/notices.ts',
    ])
  })

  it('no shortcut past the compiler', () => {
    expect(filesWith(/\bas any\b|: any\b|@ts-|biome-ignore|\bas unknown as\b/)).toEqual([])
  })
})
