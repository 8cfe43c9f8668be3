export type Purpose = 'verify_email' | 'reset_password' | 'change_email' | 'register'

/** ASVS 6.5.5. */
export const CODE_MINUTES = 10
/** The time in which the owner of the old address can undo a change. People do not read all mail at once. */
export const STOP_HOURS = 72

/** How long a registration waits, however often its code is renewed. */
export const REGISTRATION_HOURS = 24

export const TRIES_PER_CODE = 5

export const inMinutes = (now: Date, minutes: number): Date => new Date(now.getTime() + minutes * 60_000)
