import type { Locale } from './locale.ts'

const NOT_YOU = 'If this was not you, you need do nothing: without the code, nothing happens.'
const TELL_NOBODY = 'Tell this code to nobody. We never ask for it.'
const RESET = 'If this was not you, choose a new password at once, by way of “forgotten password”.'
const where = (device: string, country: string | null) => (country === null ? device : `${device}, ${country}`)

export const en: Locale = {
  language: 'en',
  footer: (app) => `${app} sent this because of something that happened to your account. Nobody reads replies.`,
  mails: {
    welcome: (_, { app }) => ({
      subject: `Welcome to ${app}`,
      before: [`Your ${app} account is ready.`, 'If you did not register, somebody has used your address by mistake.'],
    }),
    verify_email: ({ minutes }, { app }) => ({
      subject: `Your ${app} code`,
      before: [`Enter this code to confirm your e-mail address. It is good for ${minutes} minutes.`],
      after: [TELL_NOBODY, NOT_YOU],
    }),
    reset_password: ({ minutes }, { app, linked }) => ({
      subject: `Reset your ${app} password`,
      before: [`Somebody asked for a new password for your account. Enter this code within ${minutes} minutes.`],
      link: 'Or choose a new password here',
      after: [
        TELL_NOBODY,
        ...(linked ? ['The link stays good for as long, also where the code has been tried too often.'] : []),
        'If this was not you, you need do nothing: your password stays what it is.',
      ],
    }),
    confirm_new_email: ({ minutes }, { app }) => ({
      subject: `Confirm your new address for ${app}`,
      before: [`Enter this code to make this your e-mail address. It is good for ${minutes} minutes.`],
      after: [TELL_NOBODY, NOT_YOU],
    }),
    email_change_begun: ({ hours }, { app }) => ({
      subject: `Your ${app} e-mail address is about to change`,
      before: ['Somebody who knows your password asked to change the e-mail address of your account.'],
      link: 'This was not me: stop it',
      after: [
        `The link is good for ${hours} hours, also after the change. It ends all sessions and makes the password void.`,
      ],
    }),
    email_changed: ({ hours }, { app, linked }) => ({
      subject: `Your ${app} e-mail address has changed`,
      before: ['The e-mail address of your account has been changed.'],
      link: 'This was not me: undo it',
      ...(linked && {
        after: [`The link is good for ${hours} hours. It ends all sessions and makes the password void.`],
      }),
    }),
    email_change_stopped: (_, { app }) => ({
      subject: `The change of your ${app} e-mail address was stopped`,
      before: [
        'This is the address of your account again. All sessions have ended, and the password is void.',
        'Choose a new password, by way of “forgotten password”.',
      ],
    }),
    address_taken: (_, { app }) => ({
      subject: `You already have a ${app} account`,
      before: [
        'Somebody tried to register with your e-mail address, which has an account already.',
        'If this was you, log in, or choose a new password by way of “forgotten password”. If not, you need do nothing.',
      ],
    }),
    password_changed: ({ at }, { app, date }) => ({
      subject: `Your ${app} password was changed`,
      before: [`Your password was changed on ${date(at)}, and all other sessions have ended.`, RESET],
    }),
    password_reset: ({ at }, { app, date }) => ({
      subject: `Your ${app} password was reset`,
      before: [`A new password was chosen on ${date(at)}, and all sessions have ended.`, RESET],
    }),
    new_device: ({ at, device, country }, { app, date }) => ({
      subject: `New log-in to ${app}`,
      before: [`Somebody logged in to your account on ${date(at)}: ${where(device, country)}.`, RESET],
    }),
    session_evicted: ({ at, device }, { app, date }) => ({
      subject: `A ${app} session was ended`,
      before: [
        `On ${date(at)} your account was logged in as often as it may be, so its oldest session was ended: ${device}.`,
        'You are told this once a day at most.',
        RESET,
      ],
    }),
    account_deleted: ({ at }, { app, date }) => ({
      subject: `Your ${app} account was deleted`,
      before: [`Your account was deleted on ${date(at)}. This cannot be undone.`],
    }),
  },
}
