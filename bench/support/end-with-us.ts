import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Whatever becomes of a measurement, nothing that it started goes on running. */
export function endWithUs(child: ChildProcess): { stop: () => Promise<void> } {
  const ended = once(child, 'exit')
  const kill = () => void child.kill('SIGKILL')
  process.on('exit', kill)
  const stop = async () => {
    process.off('exit', kill)
    kill()
    await ended
  }
  return { stop }
}
