import { MAX_EMAIL, MAX_LOCAL_PART, USERNAME_LENGTH } from './canonical.ts'

/**
 * What JSON Schema can say of names and passwords. A value that matches is never refused for its shape. The rules themselves
 * accept more, which a pattern cannot say (Unicode domains, other scripts): the descriptions of the fields say it.
 */

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LABEL_END = '(?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const DOMAIN = `(?:[A-Za-z0-9]${LABEL_END}\\.)+[A-Za-z]${LABEL_END}`

export const EMAIL = {
  type: 'string',
  maxLength: MAX_EMAIL,
  pattern: `^${ATOM}(?:\\.${ATOM})*@${DOMAIN}$`,
  allOf: [{ pattern: `^[^@]{1,${MAX_LOCAL_PART}}@` }],
} as const

export const OTHER_EMAILS =
  'A Unicode domain is accepted too, and kept in its ASCII form. A part of the domain that begins with xn-- has to be valid (UTS 46).'

/** One script each: Latin or Cyrillic, of which no letter changes the length of the name when its case is folded. */
const LETTERS = ['A-Za-zÀ-ÖØ-Þà-öø-ÿ', 'А-яЁё']
const { min, max } = USERNAME_LENGTH

export const USERNAME = {
  type: 'string',
  minLength: min,
  maxLength: max,
  pattern: `^(?:${LETTERS.map((letters) => `[0-9${letters}._-]*`).join('|')})$`,
} as const

export const OTHER_USERNAMES = 'Letters and digits of any other script are accepted too, if all are of one script.'

/** Language, script, region: the tags that people have. */
export const LOCALE = {
  pattern: '^[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?$',
  description: 'A language tag (BCP 47). Tags with other parts, such as variants, are accepted too.',
} as const
