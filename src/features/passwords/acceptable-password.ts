import type { Config } from '../../compose/config.ts'
import { AuthError } from '../../kernel/errors.ts'
import { passwordProblems } from './password-rules.ts'

type Rules = Pick<Config, 'appName' | 'passwordMinLength'>
type Owner = { email: string; username: string | null }

/** Judged before it is hashed: a password that will be refused costs nothing. `path` is the field it came in. */
export function demandAcceptablePassword(config: Rules, password: string, owner: Owner, path = 'password') {
  const problems = passwordProblems(password, {
    minLength: config.passwordMinLength,
    context: [config.appName, owner.email, owner.username ?? ''],
  })
  if (problems.length === 0) return
  throw new AuthError('invalid_body', { fields: problems.map((message) => ({ path, message })) })
}
