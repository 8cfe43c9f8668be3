import { signingKeyProblems } from '../../crypto/signing-keys.ts'
import type { Given, Refuse } from '../../kernel/feature.ts'
import { anything, choice } from '../../kernel/setting-kinds.ts'

export const settings = {
  ALGORITHM: choice('ES256', 'EdDSA', 'RS256', 'HS256').default('ES256'),
  SIGNING_KEY_1: anything.optional(),
  SIGNING_KEY_2: anything.optional(),
  SIGNING_KEY_3: anything.optional(),
  SIGNING_KEY_4: anything.optional(),
  JWT_SECRET: anything.optional(),
}

type Told = Given<typeof settings>

const signingKeysOf = (given: Told) => ({
  algorithm: given.ALGORITHM,
  signingKeys: [given.SIGNING_KEY_1, given.SIGNING_KEY_2, given.SIGNING_KEY_3, given.SIGNING_KEY_4],
  jwtSecret: given.JWT_SECRET,
})

declare module '../../kernel/config.ts' {
  interface Config {
    readonly signing: ReturnType<typeof signingKeysOf>
  }
}

export const config = (given: Told) => ({ signing: signingKeysOf(given) })

export function check(given: Told, refuse: Refuse<keyof Told>, now: Date) {
  // Without an algorithm nobody can say which keys it needs; that it is wrong has been said.
  const problems = given.ALGORITHM ? signingKeyProblems(signingKeysOf(given), now) : []
  for (const { slot, problem } of problems) {
    refuse(slot === 'jwtSecret' ? 'JWT_SECRET' : (`SIGNING_KEY_${slot}` as keyof Told), problem)
  }
}
