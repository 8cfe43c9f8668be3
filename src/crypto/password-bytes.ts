export const MAX_PASSWORD_BYTES = 1024

const encoder = new TextEncoder()

/**
 * A password exactly as it was given: no case, no space, no composition is changed. Null for what no stored password can be,
 * because another one would pass for it: UTF-8 writes every lone surrogate as U+FFFD, HMAC pads its key with zeros and
 * bcrypt ends it with one.
 */
export function passwordBytes(password: string): Uint8Array | null {
  if (password.length > MAX_PASSWORD_BYTES || !password.isWellFormed() || password.includes('\0')) return null
  const bytes = encoder.encode(password)
  return bytes.length > MAX_PASSWORD_BYTES ? null : bytes
}
