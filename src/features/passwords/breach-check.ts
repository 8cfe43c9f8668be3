import { createHash } from 'node:crypto'
import type { Deps } from '../../kernel/deps.ts'
import { AuthError } from '../../kernel/failure.ts'
import { invalidBody } from '../../kernel/failures.ts'
import { log } from '../../kernel/log.ts'

/** The range API of Pwned Passwords: it is told five hex digits, and answers every hash that begins with them. */
const RANGES = 'https://api.pwnedpasswords.com/range/'
const DIGITS = 5
const PATIENCE_MS = 3_000

type With = Pick<Deps, 'config'>

/**
 * Refuses a password that stands in a known breach. Where that cannot be found out in time, the password is accepted and the log
 * says so: a service of others must not keep people from choosing a new password.
 */
export async function requireUnbreached({ config }: With, password: string, path = 'password'): Promise<void> {
  if (!config.passwords.breachCheck || !(await isBreached(password))) return
  throw new AuthError(invalidBody, {
    fields: [{ path, message: 'The password is known from a breach of another service.' }],
  })
}

async function isBreached(password: string): Promise<boolean> {
  const hash = createHash('sha1').update(password).digest('hex').toUpperCase()
  try {
    const answer = await fetch(RANGES + hash.slice(0, DIGITS), {
      // Each answer is filled up with invented hashes, so that its length tells a listener nothing.
      headers: { 'add-padding': 'true' },
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (answer.ok) return holds(await answer.text(), hash.slice(DIGITS))
    await answer.body?.cancel()
    skipped(`answered ${answer.status}`)
  } catch (error) {
    skipped(error instanceof Error ? error.name : typeof error)
  }
  return false
}

/** What is only there for padding was seen no time at all. */
const holds = (range: string, rest: string): boolean =>
  range.split(/\r?\n/).some((line) => {
    const [suffix, seen] = line.split(':')
    return suffix?.toUpperCase() === rest && Number(seen) > 0
  })

const skipped = (reason: string) => log.warn({ code: 'breach_check_skipped', reason })
