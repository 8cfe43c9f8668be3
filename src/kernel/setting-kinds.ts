// Plain functions and no schemas: settings are read at each start, and a start waits for every schema that is made.

/** What a text means, or the rest of a sentence that begins with the name of the setting. It never repeats the text. */
export type Reading<Value> = { value: Value } | { problem: string }

export type Setting<Value> = { read: (given: unknown) => Reading<Value>; absent?: { value: Value } }

/** A kind of setting: required by itself, optional or with a default. */
export type Kind<Value> = Setting<Value> & {
  optional: () => Setting<Value | undefined>
  default: (value: Value) => Setting<Value>
  /** The same, where the value also keeps to a rule. */
  where: (keeps: (value: Value) => boolean, problem: string) => Kind<Value>
  /** The same, as another value. */
  as: <Other>(turn: (value: Value) => Other) => Kind<Other>
}

export function kind<Value>(readText: (text: string) => Reading<Value>): Kind<Value> {
  const read = (given: unknown): Reading<Value> =>
    typeof given === 'string' ? readText(given) : { problem: 'must be text' }
  const after = <Other>(go: (value: Value) => Reading<Other>) =>
    kind<Other>((text) => {
      const reading = readText(text)
      return 'problem' in reading ? reading : go(reading.value)
    })
  return {
    read,
    optional: () => ({ read, absent: { value: undefined } }),
    default: (value) => ({ read, absent: { value } }),
    where: (keeps, problem) => after<Value>((value) => (keeps(value) ? { value } : { problem })),
    as: (turn) => after((value) => ({ value: turn(value) })),
  }
}

export const anything = kind<string>((value) => ({ value }))

const trimmed = anything.as((text) => text.trim())

export const text = (problem: string) => trimmed.where((value) => value !== '', problem)

export const matching = (pattern: RegExp, problem: string) => anything.where((value) => pattern.test(value), problem)

export const whole = (low: number, high: number) =>
  anything
    .as(Number)
    .where(
      (value) => Number.isInteger(value) && value >= low && value <= high,
      `must be a whole number from ${low} to ${high}`,
    )

export const choice = <const Choices extends readonly [string, ...string[]]>(...choices: Choices) =>
  kind<Choices[number]>((text) => {
    const value = choices.find((one) => one === text)
    return value === undefined ? { problem: `must be one of ${choices.join(', ')}` } : { value }
  })

const address = (protocols: readonly string[], problem: string) =>
  trimmed.where((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), problem)

export const web = address(['http:', 'https:'], 'must be an http or https address')

export const postgres = address(['postgres:', 'postgresql:'], 'must be a postgres:// address')

export const origin = anything.where(
  (value) => URL.canParse(value) && new URL(value).origin === value,
  'must be origins like https://app.example.com',
)

const originOf = (address: string): string | null => {
  if (!URL.canParse(address)) return null
  const { origin, pathname, search, hash, username, password } = new URL(address)
  return pathname + search + hash + username + password === '/' ? origin : null
}

/** Where a whole service is: nothing of it is served under a path. */
export const isHome = (address: string): boolean => originOf(address) !== null

export const home = web
  .where(isHome, 'must be an address without a path, like https://auth.example.com')
  .as((address) => originOf(address) ?? address)

/** A page that a secret is handed to, after a #: that part never leaves the browser. */
export const page = web.where((value) => !value.includes('#'), 'must be an http or https address without a #')

/** Separated by commas or white space. */
export const list = <Value>(member: Kind<Value>, most = Number.POSITIVE_INFINITY) =>
  kind<Value[]>((line) => {
    const readings = line
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(member.read)
    const wrong = readings.find((reading) => 'problem' in reading)
    if (wrong) return wrong
    const value = readings.flatMap((reading) => ('value' in reading ? [reading.value] : []))
    return value.length > most ? { problem: `may hold at most ${most}` } : { value }
  })
