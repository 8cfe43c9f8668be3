import { failure } from '../../kernel/failure.ts'

export const invalidCode = failure('invalid_code', {
  status: 400,
  title: 'Invalid code',
  detail: 'The code or the link is wrong, has expired, or was used or tried too often. Ask for a new one.',
  guess: 'wrong',
})
