/** What a watched call does instead of going straight to its goal. `go` is the call itself. */
export type Cue = (go: () => Promise<unknown>) => Promise<unknown>

export const throwing: Cue = async () => {
  throw new Error('broken on cue')
}

export const hanging: Cue = () => new Promise(() => {})

/** Each time something else, and the last one for ever. */
export function oneAfterAnother(...cues: [Cue, ...Cue[]]): Cue {
  let turn = 0
  return (go) => {
    const cue = cues[Math.min(turn++, cues.length - 1)] ?? goingOn
    return cue(go)
  }
}

export const goingOn: Cue = (go) => go()

/** Holds every call that comes by until it is told to go on; `reached` is when the first one came by. */
export function pause() {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const cue: Cue = async (go) => {
    reached.resolve()
    await gate.promise
    return go()
  }
  return { cue, reached: reached.promise, goOn: () => gate.resolve() }
}
