import { AuthError, type FieldProblem } from '../../kernel/failure.ts'
import { invalidBody } from '../../kernel/failures.ts'
import { canonicalEmail, canonicalUsername, shownUsername } from './canonical.ts'

export type Names = {
  /** The canonical address, which is also the one that mail goes to. */
  email: string
  /** Null: the address serves as the username, and goes on doing so when it changes. */
  username: { shown: string; canonical: string } | null
}

/**
 * Usernames and addresses are one namespace. Clients of the older services send an address as the username, or only that;
 * any other name with an `@` could be, or become, somebody else's address.
 */
export function namesOf(given: { email?: string | undefined; username?: string | undefined }): Names {
  const typed = given.email ?? given.username
  const path = given.email === undefined ? 'username' : 'email'
  if (typed === undefined) refuse({ path: 'email', message: 'This field is required.' })
  const email = requireEmail(typed, path)
  if (given.username === undefined || path === 'username') return { email, username: null }
  return { email, username: usernameFor(given.username, email) }
}

/** The canonical form of an address. */
export function requireEmail(typed: string, path = 'email'): string {
  const email = canonicalEmail(typed)
  if (!email.ok) refuse({ path, message: email.reason })
  return email.value
}

/** Null if the given name is the address itself. */
export function usernameFor(given: string, email: string | null): Names['username'] {
  if (given.includes('@')) {
    const repeated = canonicalEmail(given)
    if (repeated.ok && repeated.value === email) return null
    refuse({ path: 'username', message: 'A username may hold an @ only if it is the e-mail address itself.' })
  }
  const username = canonicalUsername(given)
  if (!username.ok) refuse({ path: 'username', message: username.reason })
  return { shown: shownUsername(given), canonical: username.value }
}

function refuse(problem: FieldProblem): never {
  throw new AuthError(invalidBody, { fields: [problem] })
}
