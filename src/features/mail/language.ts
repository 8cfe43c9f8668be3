import { en } from './locales/en.ts'
import type { Locale } from './locales/locale.ts'
import { ru } from './locales/ru.ts'

/** One file each. Another language is a file beside them and a word here. */
export const LOCALES: Record<string, Locale> = { en, ru }

const DEFAULT_LANGUAGE = 'en'

const MOST_READ = 20

/** `ru-RU` is Russian to us; null for a language that no mail is written in. */
const known = (tag: string | null | undefined): string | null => {
  const [language = ''] = (tag ?? '').toLowerCase().split('-')
  return Object.hasOwn(LOCALES, language) ? language : null
}

/** What the caller reads, by RFC 9110 §12.5.4; the first of equals. Nonsense is passed over; null for none of ours. */
export function languageOf(acceptLanguage: string | null): string | null {
  const ranges = (acceptLanguage ?? '').slice(0, 1_000).split(',').slice(0, MOST_READ)
  const wanted = ranges
    .map((range) =>
      /^\s*([a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?\s*$/i.exec(range),
    )
    .map((match) => ({ language: known(match?.[1]), weight: Number(match?.[2] ?? 1) }))
    .filter(({ language, weight }) => language !== null && weight > 0)
    .sort((one, other) => other.weight - one.weight)
  return wanted[0]?.language ?? null
}

export const localeFor = (tag: string | null | undefined): Locale => LOCALES[known(tag) ?? DEFAULT_LANGUAGE] ?? en
