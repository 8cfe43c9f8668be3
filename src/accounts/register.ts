import type { z } from 'zod'
import { newId } from '../crypto/bytes.ts'
import { deliver } from '../events/deliver.ts'
import { withAddress } from '../guard/demand.ts'
import type { Deps } from '../platform/deps.ts'
import { demandAcceptablePassword } from './acceptable-password.ts'
import { namesOf } from './names.ts'
import { insertUser } from './store.ts'
import type { Registered, RegisterRequest } from './wire.ts'

export async function register(
  deps: Deps,
  input: z.output<typeof RegisterRequest>,
): Promise<z.input<typeof Registered>> {
  const names = namesOf(input)
  demandAcceptablePassword(deps.config, input.password, names.email)
  const user = { subject: newId(), names, fullName: input.full_name || null, createdAt: deps.now() }
  const { userId, recorded } = await withAddress(deps, async () =>
    insertUser(deps, { ...user, passwordHash: await deps.passwords.hash(input.password) }),
  )
  const registered = {
    user_id: userId,
    username: names.username?.shown ?? names.email,
    email: names.email,
    full_name: user.fullName,
    created_at: user.createdAt.toISOString(),
  }
  deps.later(deliver(deps, recorded))
  deps.later(deps.profiles.write({ ...registered, version: 1 }))
  return registered
}
