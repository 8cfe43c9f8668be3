import { failure } from '../../kernel/failure.ts'

export const wrongPassword = failure('wrong_password', {
  status: 403,
  title: 'Wrong password',
  detail: 'The password is wrong.',
  guess: 'wrong',
})
