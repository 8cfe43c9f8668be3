import type { Config } from '../config.ts'
import { dummyHash, hashPassword, type Verification, verifyPassword } from '../crypto/password-hash.ts'

/** The one way to a hash. Where it is computed can change here without a use case noticing. */
export type Passwords = {
  hash: (password: string) => Promise<string>
  /** For nobody, and for somebody without a password, it takes as long and is never right. */
  verify: (password: string, stored: string | null | undefined) => Promise<Verification>
}

export function passwordsWith({ passwordCost: cost }: Pick<Config, 'passwordCost'>): Passwords {
  const nobody = dummyHash(cost)
  return {
    hash: (password) => hashPassword(password, { cost }),
    verify: (password, stored) => verifyPassword(password, stored ?? nobody, { cost }),
  }
}
