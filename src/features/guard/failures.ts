import { failure } from '../../kernel/failure.ts'

export const addressUnknown = failure('address_unknown', {
  status: 403,
  title: 'Address unknown',
  detail: 'The service cannot tell where this request comes from, so it does not accept it.',
})

export const tooManyAttempts = failure('too_many_attempts', {
  status: 429,
  title: 'Too many attempts',
  detail: 'Too many attempts. Please wait before you try again.',
})
