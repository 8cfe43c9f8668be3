import { failure } from './failure.ts'

export const invalidBody = failure('invalid_body', {
  status: 422,
  title: 'Invalid body',
  detail: 'Some fields are missing or not acceptable.',
})

export const internalError = failure('internal_error', {
  status: 500,
  title: 'Internal error',
  detail: 'Something went wrong here. It has been recorded.',
})

export const unavailable = failure('unavailable', {
  status: 503,
  title: 'Temporarily unavailable',
  detail: 'The service cannot answer this right now. Please try again shortly.',
})

export const misconfigured = failure('misconfigured', {
  status: 503,
  title: 'Not configured',
  detail: 'The service is not configured correctly. Its operator can find the reason in the log.',
})
