import { Buffer } from 'node:buffer'
import { compared, type PasswordFormat } from './format.ts'

const MAX_COST = 12
/** What bcrypt looks at. */
const MAX_BYTES = 72

const decoder = new TextDecoder()

export const bcryptFormat: PasswordFormat = {
  name: 'bcrypt',
  recognises: (text) => /^\$2[aby]\$/.test(text),
  async verify(password, text) {
    const [, cost, salt, hash = ''] =
      /^\$2[aby]\$(0[4-9]|[12]\d|3[01])\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/.exec(text) ?? []
    if (!cost) return 'unreadable'
    if (Number(cost) > MAX_COST) return 'too_costly'
    // Loaded where it is needed: few services bring such hashes along.
    const { hashSync } = await import('bcryptjs')
    // The three letters name the bugs of old implementations that a hash does not have: they compute the same.
    const computed = hashSync(decoder.decode(password.subarray(0, MAX_BYTES)), `$2b$${cost}$${salt}`)
    const verdict = compared(Buffer.from(computed.slice(-hash.length)), Buffer.from(hash))
    // A hash that never saw byte 73 cannot vouch for it: whoever had such a password sets a new one by mail.
    return password.length > MAX_BYTES ? 'wrong' : verdict
  },
}
