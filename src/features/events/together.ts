type Asked<Given, Got> = { given: Given[]; got: Promise<Got>; go: () => void }

/**
 * Work that several do at their own pace, and a step that costs the same for one of them as for all. It is done as soon as
 * nobody else is still at work, or this long after the first was ready: so whoever hangs holds up no other.
 */
export function together<Given, Got>(step: (given: Given[]) => Promise<Got>, waitsMs: number) {
  let working = 0
  let asked: Asked<Given, Got> | null = null

  function begin(): Asked<Given, Got> {
    const { promise: got, resolve } = Promise.withResolvers<Got>()
    const given: Given[] = []
    const go = () => {
      clearTimeout(timer)
      asked = null
      resolve(step(given).finally(() => goOn(given.length)))
    }
    const timer = setTimeout(go, waitsMs)
    return { given, got, go }
  }
  const goOn = (many: number) => {
    working += many
  }
  const stop = () => {
    working -= 1
    if (working === 0) asked?.go()
  }
  return {
    start: () => goOn(1),
    ask(given: Given): Promise<Got> {
      asked ??= begin()
      const { got } = asked
      asked.given.push(given)
      stop()
      return got
    },
    stop,
  }
}
