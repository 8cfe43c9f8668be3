import type { z } from 'zod'
import { newId } from '../crypto/bytes.ts'
import { AuthError } from '../errors.ts'
import type { Deps } from '../platform/deps.ts'
import { namesOf, usernameOf } from './names.ts'
import { passwordProblems } from './password-rules.ts'
import { insertUser } from './store.ts'
import type { Registered, RegisterRequest } from './wire.ts'

export async function register(
  deps: Deps,
  input: z.output<typeof RegisterRequest>,
): Promise<z.input<typeof Registered>> {
  const names = namesOf(input)
  demandAcceptable(deps, input.password, names.email)
  const user = {
    subject: newId(),
    names,
    fullName: input.full_name || null,
    passwordHash: await deps.passwords.hash(input.password),
    createdAt: deps.now(),
  }
  const userId = await insertUser(deps.db, user)
  const registered = {
    user_id: userId,
    username: usernameOf(names),
    email: names.email,
    full_name: user.fullName,
    created_at: user.createdAt.toISOString(),
  }
  deps.later(deps.profiles.write({ ...registered, version: 1 }))
  return registered
}

/** Judged before it is hashed: a password that will be refused costs nothing. */
function demandAcceptable({ config }: Deps, password: string, email: string) {
  const [localPart = ''] = email.split('@')
  const problems = passwordProblems(password, {
    minLength: config.passwordMinLength,
    context: [config.appName, localPart],
  })
  if (problems.length === 0) return
  throw new AuthError('invalid_body', { fields: problems.map((message) => ({ path: 'password', message })) })
}
