import type { Config } from '../config.ts'
import { AuthError } from '../errors.ts'
import { passwordProblems } from './password-rules.ts'

type Rules = Pick<Config, 'appName' | 'passwordMinLength'>

/** Judged before it is hashed: a password that will be refused costs nothing. `path` is the field it came in. */
export function demandAcceptablePassword(config: Rules, password: string, email: string, path = 'password') {
  const [localPart = ''] = email.split('@')
  const problems = passwordProblems(password, {
    minLength: config.passwordMinLength,
    context: [config.appName, localPart],
  })
  if (problems.length === 0) return
  throw new AuthError('invalid_body', { fields: problems.map((message) => ({ path, message })) })
}
