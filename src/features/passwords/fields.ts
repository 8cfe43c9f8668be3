import { anyText } from '../../http/fields.ts'
import { described } from '../../kernel/schema.ts'
import { LEAST_MIN_LENGTH, MAX_LENGTH } from './password-rules.ts'

/** The setting PASSWORD_MIN_LENGTH may raise the floor: whoever describes this puts it in. */
const NEW_PASSWORD = {
  format: 'password',
  minLength: LEAST_MIN_LENGTH,
  maxLength: MAX_LENGTH,
  description:
    'Refused (422) all the same: the commonest passwords, one that says little more than a name of its owner or of this service, and where the service asks for that, one known from a breach.',
} as const

/** Longer than any password that is accepted: its rules say what is wrong with it, this only bounds the work. */
export const password = () => described(anyText(20_000), NEW_PASSWORD)
