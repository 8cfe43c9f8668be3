import type { Stack } from '../../dev/stack/server.ts'

// The set-up and the configuration are loaded apart, in one process; this is where they meet.
const KEY = Symbol.for('postern.test.stack')
const shared = globalThis as { [KEY]?: Stack }

export const keepStack = (stack: Stack) => {
  shared[KEY] = stack
}

export function keptStack(): Stack {
  const stack = shared[KEY]
  if (!stack) throw new Error('The local stack has not been started.')
  return stack
}
