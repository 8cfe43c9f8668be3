import { compared, fromBase64, type PasswordFormat } from './format.ts'

/** KiB. An isolate has 128 MB for everything it does. */
const MAX_MEMORY = 65_536
/** KiB times passes: what the usual profiles ask for (64 MiB, 3 or 4 passes) and no more. */
const MAX_WORK = 4 * MAX_MEMORY
const MAX_LANES = 16

const PHC =
  /^\$argon2id\$(?:v=(16|19)\$)?m=([1-9]\d{0,9}),t=([1-9]\d{0,9}),p=([1-9]\d{0,7})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{16,86})$/

export const argon2idFormat: PasswordFormat = {
  name: 'argon2id',
  recognises: (text) => text.startsWith('$argon2id$'),
  async verify(password, text) {
    const [, version, memory, passes, lanes, saltText = '', hashText = ''] = PHC.exec(text) ?? []
    const salt = fromBase64(saltText)
    const hash = fromBase64(hashText)
    const [m, t, p] = [Number(memory), Number(passes), Number(lanes)]
    // RFC 9106, section 3.1: every lane has at least eight blocks.
    if (!salt?.length || !hash?.length || m < 8 * p) return 'unreadable'
    if (m > MAX_MEMORY || m * t > MAX_WORK || p > MAX_LANES) return 'too_costly'
    // Loaded where it is needed: few services bring such hashes along.
    const { argon2id } = await import('@noble/hashes/argon2.js')
    // The first published version, 1.0, wrote no number.
    const options = { m, t, p, version: Number(version ?? 16), dkLen: hash.length }
    return compared(argon2id(password, salt, options), hash)
  },
}
