import { newId } from '../../crypto/bytes.ts'
import { hashesOfToken, newLinkToken } from '../../crypto/code-hash.ts'
import type { Deps } from '../../kernel/deps.ts'
import { inMinutes, STOP_HOURS } from '../codes/purposes.ts'
import { sealSecret } from '../mail/mail-payload.ts'

/** The page with the button; its token stands behind the #. */
export const STOP_PAGE = '/auth/email/stop'

/** The purpose of the hash: a link of one kind cannot be used as another. */
export const STOPPING = 'stop_email_change'

/** For the owner of the address that an account is about to leave, or has left. */
export async function newStopLink({ config, keys, now }: Pick<Deps, 'config' | 'keys' | 'now'>, to: string) {
  const token = newLinkToken()
  const eventId = newId()
  const link = `${config.publicUrl.replace(/\/+$/, '')}${STOP_PAGE}#token=${token}`
  return {
    hash: hashesOfToken(keys.codeHash, STOPPING, token)[0],
    mail: {
      eventId,
      sealed: await sealSecret(keys, { link }, { eventId, to }),
      deliverBefore: inMinutes(now(), STOP_HOURS * 60),
    },
  }
}
