import { newId } from '../../crypto/bytes.ts'
import type { Deps } from '../../kernel/deps.ts'
import type { Parsed, Written } from '../../kernel/lazy.ts'
import { firstCode } from '../codes/first-code.ts'
import { deliver } from '../events/deliver.ts'
import { withAddressBudget } from '../guard/with-budget.ts'
import { requireAcceptablePassword } from '../passwords/acceptable-password.ts'
import { requireUnbreached } from '../passwords/breach-check.ts'
import { namesOf } from '../users/names.ts'
import { insertUser } from '../users/store.ts'
import type { NewUser } from '../users/user.ts'
import { beginRegistration } from './registration.ts'
import type { Registered, RegisterRequest, RegistrationPending } from './wire.ts'

type Answer =
  | { done: true; registered: Written<typeof Registered> }
  | { done: false; pending: Written<typeof RegistrationPending> }

export async function register(deps: Deps, input: Parsed<typeof RegisterRequest>): Promise<Answer> {
  const names = namesOf(input)
  requireAcceptablePassword(deps.config, input.password, {
    email: names.email,
    username: names.username?.shown ?? null,
  })
  const user = { subject: newId(), names, fullName: input.full_name || null, createdAt: deps.now() }
  const hash = async () => {
    await requireUnbreached(deps, input.password)
    return deps.passwords.hash(input.password, names.email)
  }
  if (deps.config.codes.verification === 'before') {
    const registration = await beginRegistration(deps, user, hash)
    return { done: false, pending: { status: 'verification_required', registration } }
  }
  return { done: true, registered: await insert(deps, user, hash) }
}

async function insert(deps: Deps, user: Omit<NewUser, 'passwordHash'>, hash: () => Promise<string>) {
  const { names, fullName, createdAt } = user
  const code = deps.config.codes.verification === 'after' ? await firstCode(deps, names.email) : null
  const { userId, recorded } = await withAddressBudget(deps, async () =>
    insertUser(deps, { ...user, passwordHash: await hash() }, code),
  )
  const registered = {
    user_id: userId,
    username: names.username?.shown ?? names.email,
    email: names.email,
    full_name: fullName,
    created_at: createdAt.toISOString(),
  }
  deps.later(deliver(deps, recorded))
  deps.later(deps.profiles.write({ ...registered, version: 1 }))
  return registered
}
