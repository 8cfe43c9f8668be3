import { newId } from '../../crypto/bytes.ts'
import { hashesOfDigits, hashesOfToken, newLinkToken } from '../../crypto/code-hash.ts'
import type { Deps } from '../../kernel/deps.ts'
import { sealSecret } from '../mail/mail-payload.ts'
import { newDigits } from './digits.ts'
import { CODE_MINUTES, inMinutes, type Purpose } from './purposes.ts'

/** The stored part and the mailed part of a code. Neither holds the digits in clear. */
export type NewCode = {
  codeId: string
  purpose: Purpose
  account: string
  codeHash: string
  linkHash: string | null
  createdAt: Date
  expiresAt: Date
  mail: { eventId: string; sealed: string; deliverBefore: Date }
}

type For = { purpose: Purpose; account: string }
type With = Pick<Deps, 'config' | 'keys' | 'now'>

/** `page`: the target of a link. The link carries its own token behind the #, which browsers send to no server. */
export async function newCode({ config, keys, now }: With, { purpose, account }: For, page?: string): Promise<NewCode> {
  const code = newDigits(config.codes.length)
  const token = page === undefined ? null : newLinkToken()
  const eventId = newId()
  const createdAt = now()
  const expiresAt = inMinutes(createdAt, CODE_MINUTES)
  const secret = { code, ...(token !== null && { link: `${page}#token=${token}` }) }
  return {
    codeId: newId(),
    purpose,
    account,
    codeHash: hashesOfDigits(keys.codeHash, purpose, account, code)[0],
    linkHash: token === null ? null : hashesOfToken(keys.codeHash, purpose, token)[0],
    createdAt,
    expiresAt,
    mail: { eventId, sealed: await sealSecret(keys, secret, { eventId, to: account }), deliverBefore: expiresAt },
  }
}
