import { failure } from '../../kernel/failure.ts'

export const notReady = failure('not_ready', {
  status: 503,
  title: 'Not ready',
  detail: 'Something that this service needs does not answer.',
})
