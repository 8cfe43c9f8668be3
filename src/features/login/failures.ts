import { failure } from '../../kernel/failure.ts'

export const invalidCredentials = failure('invalid_credentials', {
  status: 401,
  title: 'Not logged in',
  detail: 'The username or the password is wrong.',
  guess: 'wrong',
})

export const accountDisabled = failure('account_disabled', {
  status: 403,
  title: 'Account disabled',
  detail: 'This account has been disabled.',
  guess: 'right',
})

export const emailUnverified = failure('email_unverified', {
  status: 403,
  title: 'E-mail address not confirmed',
  detail: 'Confirm your e-mail address first, with the code that was mailed to it.',
  guess: 'right',
})

export const sessionLimitReached = failure('session_limit_reached', {
  status: 409,
  title: 'Too many sessions',
  detail: 'This account is logged in as often as it may be. Log out somewhere else first.',
  guess: 'right',
})
