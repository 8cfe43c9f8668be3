/**
 * Why a Durable Object gave no answer, for the log. The platform marks an exception of the object's own method as `remote`, and
 * one that took the whole object with it as a reset: a constructor that threw, or new code. Without a mark the object was out of
 * reach, or had too much to do.
 */
export function faultOf(thrown: unknown): 'failed' | 'was reset' | 'did not answer' {
  if (!(thrown instanceof Error)) return 'did not answer'
  if (Reflect.get(thrown, 'remote') === true) return 'failed'
  return Reflect.get(thrown, 'durableObjectReset') === true ? 'was reset' : 'did not answer'
}
