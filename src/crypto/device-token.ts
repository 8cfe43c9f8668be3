import { ID_BYTES } from './bytes.ts'
import type { Keyring } from './keys.ts'
import { COUNT_BYTES, countAt, FIRST_FIELD, idAt, readValue, signValue, writeCount, writeId } from './signed-value.ts'

/** Where the fields lie. */
const SUBJECT = FIRST_FIELD
const DEVICE_ID = SUBJECT + ID_BYTES
const AUTH_VERSION = DEVICE_ID + ID_BYTES
const EXPIRY = AUTH_VERSION + COUNT_BYTES
const LENGTH = EXPIRY + COUNT_BYTES

export const DEVICE_TOKEN_SECONDS = 180 * 24 * 60 * 60

/** Says that a device has logged this user in before. It opens nothing: it only gives the device a budget of its own. */
export type KnownDevice = Readonly<{ subject: string; deviceId: string; authVersion: number }>

const seconds = (time: Date) => Math.floor(time.getTime() / 1000)

export function signDeviceToken(keyring: Keyring, { subject, deviceId, authVersion }: KnownDevice, now: Date): string {
  return signValue(keyring, LENGTH, (value) => {
    writeId(value, SUBJECT, subject)
    writeId(value, DEVICE_ID, deviceId)
    writeCount(value, AUTH_VERSION, authVersion)
    writeCount(value, EXPIRY, seconds(now) + DEVICE_TOKEN_SECONDS)
  })
}

/** Null for whatever we have not signed, and for what has expired. The caller compares subject and `authVersion`. */
export function readDeviceToken(keyring: Keyring, text: string, now: Date): KnownDevice | null {
  const value = readValue(keyring, LENGTH, text)
  if (!value || countAt(value, EXPIRY) <= seconds(now)) return null
  return { subject: idAt(value, SUBJECT), deviceId: idAt(value, DEVICE_ID), authVersion: countAt(value, AUTH_VERSION) }
}
