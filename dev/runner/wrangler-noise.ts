/** What wrangler says of itself, line by line. Whatever is not named here is shown: an error is never noise. */
const NOISE = [
  /^\[custom build\] Running: /,
  /^Using (secrets|vars) defined in /,
  /^(Your Worker|[\w-]+) has access to the following bindings:$/,
  /^Binding +Resource +Mode$/,
  /^env\.\w+ .* (local|remote)( \[(not )?connected\])?$/,
  /^▲ \[WARNING\] Scheduled Workers are not automatically triggered during local development\.$/,
  /^ +To manually trigger a scheduled event, run:$/,
  /^ +curl .*\/cdn-cgi\/local\/scheduled"$/,
  /^ +For more details, see .*#test-cron-triggers-locally$/,
  /^Service bindings, Durable Object bindings, and Tail consumers connect to other /,
  /^⎔ (Starting|Reloading) local server\.\.\.$/,
  /^⎔ Connection status updated$/,
  /^\[wrangler:info\] Ready on /,
  /^The file .* changed, restarting build\.\.\.$/,
]

/** Takes a line without colours. */
export const isNoise = (line: string): boolean => NOISE.some((pattern) => pattern.test(line))

export const isReloaded = (line: string): boolean => line === '⎔ Local server updated and ready'
