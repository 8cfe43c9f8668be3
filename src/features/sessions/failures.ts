import { failure } from '../../kernel/failure.ts'

export const invalidRefreshToken = failure('invalid_refresh_token', {
  status: 401,
  title: 'Not logged in',
  detail: 'The refresh token is not valid, has expired, or its session has ended.',
})

export const sessionNotFound = failure('session_not_found', {
  status: 404,
  title: 'No such session',
  detail: 'You have no session with this id.',
})
