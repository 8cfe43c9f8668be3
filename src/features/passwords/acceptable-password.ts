import type { Config } from '../../kernel/config.ts'
import { AuthError } from '../../kernel/failure.ts'
import { invalidBody } from '../../kernel/failures.ts'
import { passwordProblems } from './password-rules.ts'

type Rules = Pick<Config, 'appName' | 'passwords'>
type Owner = { email: string; username: string | null }

/** Judged before it is hashed: a password that will be refused costs nothing. `path` is the field it came in. */
export function requireAcceptablePassword(config: Rules, password: string, owner: Owner, path = 'password') {
  const problems = passwordProblems(password, {
    minLength: config.passwords.minLength,
    context: [config.appName, owner.email, owner.username ?? ''],
  })
  if (problems.length === 0) return
  throw new AuthError(invalidBody, { fields: problems.map((message) => ({ path, message })) })
}
