import { type Config, ConfigError } from '../kernel/config.ts'
import type { Refuse, Warning } from '../kernel/feature.ts'
import type { Setting } from '../kernel/setting-kinds.ts'
import { FEATURES, SETTINGS, type SettingName } from './features.ts'

/** An empty value counts as unset, since that is how one writes "none" in a file of variables. */
export function parseConfig(environment: object, now = new Date()): Config {
  const written = new Map<string, unknown>(Object.entries(environment))
  const problems = new Map<string, string>()
  // Keeps the first problem of a setting. Later ones may only follow from it.
  const refuse: Refuse = (name, problem) => void (problems.has(name) || problems.set(name, problem))
  const given: Record<string, unknown> = {}
  for (const [name, { read, absent }] of Object.entries(SETTINGS) as [SettingName, Setting<unknown>][]) {
    const value = written.get(name) || undefined
    if (value === undefined) {
      given[name] = absent?.value
      if (!absent) refuse(name, 'is missing')
      continue
    }
    const reading = read(value)
    if ('problem' in reading) refuse(name, reading.problem)
    else given[name] = reading.value
  }
  // Runs even if single settings are wrong, so that one message names all problems.
  for (const { check } of FEATURES) check?.(given, refuse, now)
  const sentences = [...problems].map(([name, problem]) => `${name} ${problem}`)
  if (sentences.length > 0) throw new ConfigError(`These settings need attention: ${sentences.join('; ')}.`)
  return Object.freeze(Object.assign({}, ...FEATURES.map(({ config }) => config?.(given)))) as Config
}

export const warningsAbout = (config: Config): Warning[] => FEATURES.flatMap(({ warn }) => warn?.(config) ?? [])
