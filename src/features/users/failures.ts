import { failure } from '../../kernel/failure.ts'

export const userNotFound = failure('user_not_found', {
  status: 404,
  title: 'No such user',
  detail: 'There is no user with this id.',
})

export const identifierTaken = failure('identifier_taken', {
  status: 409,
  title: 'Already taken',
  detail: 'This username or e-mail address is already taken.',
  guess: 'right',
})

export const revocationPending = failure('revocation_pending', {
  status: 503,
  title: 'Not finished yet',
  detail: 'The change is made, but ending the other sessions could not be confirmed. Please send the request again.',
  guess: 'right',
})
