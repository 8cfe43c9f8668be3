import { fromId, ID_BYTES, toBase64url } from './bytes.ts'
import type { Keyring } from './keys.ts'
import { fromUint32, readFields, signFields, uint32 } from './signed-value.ts'

const FIELDS = [ID_BYTES, ID_BYTES, 4, 4] as const

export const DEVICE_TOKEN_SECONDS = 180 * 24 * 60 * 60

/** Says that a device has logged this user in before. It opens nothing: it only gives the device a budget of its own. */
export type KnownDevice = Readonly<{ subject: string; deviceId: string; authVersion: number }>

const seconds = (time: Date) => Math.floor(time.getTime() / 1000)

export function signDeviceToken(keyring: Keyring, device: KnownDevice, now: Date): string {
  const subject = fromId(device.subject)
  const deviceId = fromId(device.deviceId)
  if (!subject || !deviceId)
    throw new TypeError('A device token is made of a subject and a device id of 16 bytes each.')
  const expiry = uint32(seconds(now) + DEVICE_TOKEN_SECONDS)
  return signFields(keyring, [subject, deviceId, uint32(device.authVersion), expiry])
}

/** Null for whatever we have not signed, and for what has expired. The caller compares subject and `authVersion`. */
export function readDeviceToken(keyring: Keyring, text: string, now: Date): KnownDevice | null {
  const [subject, deviceId, authVersion, expiry] = readFields(keyring, text, FIELDS) ?? []
  if (!subject || !deviceId || !authVersion || !expiry) return null
  if (fromUint32(expiry) <= seconds(now)) return null
  return { subject: toBase64url(subject), deviceId: toBase64url(deviceId), authVersion: fromUint32(authVersion) }
}
