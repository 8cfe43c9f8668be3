import { isWellFormed } from '../../http/fields.ts'
import { isOfOneScript } from './one-script.ts'

export type Canonical = { ok: true; value: string } | { ok: false; reason: string }

const accepted = (value: string): Canonical => ({ ok: true, value })
const refused = (reason: string): Canonical => ({ ok: false, reason })

// Longer than any identifier in any spelling: such a text is not worth normalising.
const MAX_TYPED = 1024
export const MAX_EMAIL = 254
export const MAX_LOCAL_PART = 64
export const USERNAME_LENGTH = { min: 2, max: 64 }

// Default_Ignorable_Code_Point adds what is invisible and yet a letter or a mark: Hangul fillers, variation selectors.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u

// RFC 5321 section 4.1.2, Dot-string. Quoted local parts are legal there, used by hardly anybody, and good for smuggling.
const DOT_STRING = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i

// What a URL would take for a port, a path, a user, an escape or an address literal is no mail domain.
const ASCII_FOREIGN_TO_DOMAINS = /[\0-,/:-@[-`{-\x7f]/
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const NUMBER_OF_AN_ADDRESS = /^(?:\d+|0x[\da-f]*)$/

const USERNAME = /^[\p{L}\p{N}._-]+$/u

function cleaned(text: string): Canonical {
  if (text.length > MAX_TYPED) return refused('The text is too long.')
  if (!isWellFormed(text)) return refused('The text is not well-formed Unicode.')
  if (INVISIBLE.test(text)) return refused('Control, format and invisible characters are not allowed.')
  return accepted(text.normalize('NFKC').trim())
}

/** The form of an e-mail address that database, guard, codes and caps all use. */
export function canonicalEmail(text: string): Canonical {
  const clean = cleaned(text)
  return clean.ok ? emailFrom(clean.value) : clean
}

/** The form of a username that database, guard, codes and caps all use. A name with `@` is not one: ask `canonicalEmail`. */
export function canonicalUsername(text: string): Canonical {
  const clean = cleaned(text)
  return clean.ok ? usernameFrom(clean.value) : clean
}

/** A username as its owner wrote it, for others to read. Only `canonicalUsername` tells whether it is one. */
export const shownUsername = (text: string): string => text.normalize('NFKC').trim()

/** What somebody logs in with: with an `@` it is an e-mail address, without one a username. */
export function canonicalIdentifier(text: string): Canonical {
  const clean = cleaned(text)
  if (!clean.ok) return clean
  return clean.value.includes('@') ? emailFrom(clean.value) : usernameFrom(clean.value)
}

function emailFrom(text: string): Canonical {
  const [local, domain, ...more] = text.split('@')
  if (local === undefined || domain === undefined || more.length > 0) {
    return refused('An e-mail address has exactly one @.')
  }
  if (local.length > MAX_LOCAL_PART || !DOT_STRING.test(local)) {
    return refused('The part of the e-mail address before the @ is not valid.')
  }
  const host = asciiDomain(domain)
  if (host === undefined) return refused('The domain of the e-mail address is not valid.')
  const email = `${local.toLowerCase()}@${host}`
  return email.length > MAX_EMAIL ? refused('The e-mail address is too long.') : accepted(email)
}

function asciiDomain(domain: string): string | undefined {
  const host = domainByUts46(domain)
  const labels = host?.split('.') ?? []
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return undefined
  return NUMBER_OF_AN_ADDRESS.test(labels.at(-1) ?? '') ? undefined : host
}

/**
 * The URL parser knows UTS 46, but in a domain that is all ASCII it lets a malformed `xn--` label pass and reads `0x7f.1`
 * as an IPv4 address. One label that is not ASCII makes it check every label and read none as a number.
 */
function domainByUts46(domain: string): string | undefined {
  if (domain === '' || ASCII_FOREIGN_TO_DOMAINS.test(domain)) return undefined
  const url = URL.parse(`https://${domain}.\u00fc`)
  return url?.hostname.replace(/\.xn--tda$/, '')
}

function usernameFrom(text: string): Canonical {
  const name = caseFolded(text)
  const length = [...name].length
  if (length < USERNAME_LENGTH.min || length > USERNAME_LENGTH.max) {
    return refused(`A username has ${USERNAME_LENGTH.min} to ${USERNAME_LENGTH.max} characters.`)
  }
  if (!USERNAME.test(name)) return refused('A username consists of letters, digits, dots, underscores and hyphens.')
  return isOfOneScript(name) ? accepted(name) : refused('A username is written in one script.')
}

/**
 * Lower-casing alone is no case folding: ß and SS, ς and Σ, ı and I stay apart. Going through upper case joins whatever any
 * case mapping joins (so the dotless ı folds to i, which Unicode leaves to the language). Character by character, since
 * the lower case of Σ depends on its neighbours.
 */
const caseFolded = (text: string): string =>
  Array.from(text, (character) => character.toLowerCase().toUpperCase().toLowerCase())
    .join('')
    .normalize('NFKC')
