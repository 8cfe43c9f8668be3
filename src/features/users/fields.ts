import { anyText } from '../../http/fields.ts'
import { described } from '../../kernel/schema.ts'
import { EMAIL, OTHER_EMAILS } from './shapes.ts'

export const identifier = () => anyText(1_000)
/** Where another field takes its place, an address is not looked at. */
export const anyEmail = () => described(identifier(), { description: OTHER_EMAILS, examples: ['ann@example.com'] })
export const email = () => described(anyEmail(), EMAIL)
