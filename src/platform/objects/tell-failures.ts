import { describeThrown, log } from '../../kernel/log.ts'

/** The name and the frames: only inside the object is it known where an exception of ours came from. */
export const tellFailure = (object: string, method: string, thrown: unknown): void =>
  log.error({ code: 'object_failed', object, method, reason: describeThrown(thrown) })

/** Wraps `work` so that an exception is logged before it reaches the caller. */
export function telling<This, Args extends unknown[], Result>(
  object: string,
  method: string,
  work: (this: This, ...args: Args) => Result,
): (this: This, ...args: Args) => Result {
  const tell = (thrown: unknown) => tellFailure(object, method, thrown)
  return function (...args) {
    try {
      const result = work.apply(this, args)
      if (result instanceof Promise) result.catch(tell)
      return result
    } catch (error) {
      tell(error)
      throw error
    }
  }
}

/**
 * For every method of a Durable Object class, the alarm among them, so that none is forgotten. `name` is given, since the bundler
 * shortens the names of classes.
 */
export function tellFailuresOf(kind: { prototype: object }, name: string): void {
  for (const method of Object.getOwnPropertyNames(kind.prototype)) {
    const work: unknown = Reflect.get(kind.prototype, method)
    if (method === 'constructor' || typeof work !== 'function') continue
    const told = telling(name, method, work as (...args: unknown[]) => unknown)
    Object.defineProperty(kind.prototype, method, { value: told, writable: true, configurable: true })
  }
}
