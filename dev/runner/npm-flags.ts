import { Complaint } from '../../cli/complaint.ts'
import { FLAGS } from './args.ts'

/**
 * `npm run dev --reset`: npm takes the flag for one of its own, and hands it on as `npm_config_reset` alone. To start without
 * it would keep the data that was to be forgotten. Of --https nothing is handed on: npm completes it to its own --https-proxy.
 */
export function requireHeard(args: string[], environment: Record<string, string | undefined>): void {
  const script = environment.npm_lifecycle_event
  // Programs that npm started for something else have its environment too.
  if (script !== 'dev' && script !== 'stack') return
  const kept = Object.keys(FLAGS).flatMap((name) => {
    const value = environment[`npm_config_${name.replaceAll('-', '_')}`]
    const heard = args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`))
    return !value || value === 'false' || heard ? [] : [asTyped(name as keyof typeof FLAGS)]
  })
  if (kept.length === 0) return
  const flags = kept.join(' ')
  throw new Complaint(`npm kept ${flags} for itself, so nothing was started. Type: npm run ${script} -- ${flags}`)
}

/** npm may or may not have understood the address, which can hold a password anyway. */
function asTyped(name: keyof typeof FLAGS): string {
  return FLAGS[name].type === 'string' ? `--${name} postgres://…` : `--${name}`
}
