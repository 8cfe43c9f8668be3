type Entry = { code?: string; reason?: string | undefined; [name: string]: unknown }

/** One line of JSON, in our own words. JSON escapes line breaks, so nobody who is quoted writes a second line. */
const line = (entry: Entry) => JSON.stringify({ at: new Date().toISOString(), ...entry })

export const log = {
  info: (entry: Entry) => console.log(line(entry)),
  warn: (entry: Entry) => console.warn(line(entry)),
  error: (entry: Entry) => console.error(line(entry)),
}

/** Of what was thrown, the name alone: messages of drivers and parsers quote what they were given. */
export const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : typeof thrown)
