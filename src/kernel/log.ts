type Entry = { code?: string; reason?: string | undefined; [name: string]: unknown }

/** One line of JSON, in our own words. JSON escapes line breaks, so nobody who is quoted writes a second line. */
const line = (entry: Entry) => JSON.stringify({ at: new Date().toISOString(), ...entry })

export const log = {
  info: (entry: Entry) => console.log(line(entry)),
  warn: (entry: Entry) => console.warn(line(entry)),
  error: (entry: Entry) => console.error(line(entry)),
}

/** The name only: messages of drivers and parsers quote their input. */
export const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : typeof thrown)

const FRAMES = 8

/** The name and the first frames. V8 writes the message before the frames, and a message may itself look like a frame. */
export function describeThrown(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `a thrown ${typeof thrown}`
  const { name, message, stack = '' } = thrown
  const at = stack.indexOf(message)
  const frames = at < 0 ? [] : stack.slice(at + message.length).split('\n')
  return [name, ...frames.filter((line) => line.trimStart().startsWith('at ')).slice(0, FRAMES)].join('\n')
}
