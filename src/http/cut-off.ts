import { AuthError } from '../kernel/failure.ts'
import { incompleteBody } from './failures.ts'

/**
 * Waits for bytes of the request's body. A caller that closes the connection early, or sends chunks that are none, makes the
 * platform throw: that is no fault of ours. Whatever else is thrown, such as for a body that was read before, is.
 */
export async function arriving<Bytes>({ headers }: Request, reading: Promise<Bytes>): Promise<Bytes> {
  try {
    return await reading
  } catch (error) {
    const broken = isLostConnection(error) || (headers.has('transfer-encoding') && isPlatformFault(error))
    throw broken ? new AuthError(incompleteBody, { cause: error }) : error
  }
}

/** workerd marks an error so when the other side is gone. */
const isLostConnection = (error: unknown) => error instanceof Error && 'retryable' in error && error.retryable === true

/** What workerd says of a chunk without a size (RFC 9112 §7.1). It has no other words for what its HTTP parser refuses. */
const isPlatformFault = (error: unknown) => error instanceof Error && error.message.startsWith('internal error')
