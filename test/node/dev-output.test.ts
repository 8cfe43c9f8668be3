import { expect, test } from 'vitest'
import { workerOutput } from '../../dev/runner/worker-output.ts'

const ESC = String.fromCharCode(27)
const warning = `${ESC}[33m▲ ${ESC}[43;33m[${ESC}[43;30mWARNING${ESC}[43;33m]${ESC}[0m ${ESC}[1m`
const error = `${ESC}[31m✘ ${ESC}[41;31m[${ESC}[41;97mERROR${ESC}[41;31m]${ESC}[0m ${ESC}[1m`

/** What the terminal and the daily log get of these lines. */
function outputOf(lines: string[], options: { probe?: string; colours?: boolean } = {}) {
  const printed: string[] = []
  const kept: string[] = []
  const take = workerOutput({
    probe: undefined,
    colours: false,
    ...options,
    print: (line) => printed.push(line),
    keep: (line) => kept.push(line),
    now: () => new Date(2026, 0, 2, 7, 6, 20),
  })
  for (const line of lines) take(line)
  return { printed, kept }
}

const request = (fields: object) =>
  JSON.stringify({ at: '2026-01-02T07:06:20.060Z', request: 'r1', client: 'c', country: 'US', ms: 2, ...fields })

test('what wrangler says of itself is left out, and the blank lines around it', () => {
  const noise = [
    '[custom build] Running: node build/run.ts',
    'Using secrets defined in .dev.vars',
    'postern has access to the following bindings:',
    'Your Worker has access to the following bindings:',
    'Binding                                  Resource                  Mode',
    'env.USER_SESSIONS (UserSessions)         Durable Object            local',
    'env.ASSETS                               Assets                    local',
    'env.SECRET_KEY ("(hidden)")              Environment Variable      local',
    'env.AUTH (postern#VerifyRpc)             Worker                    local [not connected]',
    '',
    `${warning}Scheduled Workers are not automatically triggered during local development.${ESC}[0m`,
    '',
    '  To manually trigger a scheduled event, run:',
    '    curl "http://127.0.0.1:8787/cdn-cgi/local/scheduled"',
    `  For more details, see ${ESC}[4mhttps://developers.cloudflare.com/workers/configuration/cron-triggers/#test-cron-triggers-locally${ESC}[0m`,
    '',
    'Service bindings, Durable Object bindings, and Tail consumers connect to other Wrangler or Vite dev processes',
    '⎔ Starting local server...',
    '[wrangler:info] Ready on http://127.0.0.1:8787',
    '⎔ Connection status updated',
    'The file src/app.ts changed, restarting build...',
    '⎔ Reloading local server...',
  ]
  expect(outputOf(noise)).toEqual({ printed: [], kept: [] })
  expect(outputOf([...noise, '⎔ Local server updated and ready']).printed).toEqual(['07:06:20 reloaded'])
})

test('a request is one short line, with the code of its error; the whole of it goes to the daily log', () => {
  const [missing, denied, created] = [
    request({ method: 'GET', route: null, status: 404, code: 'not_found' }),
    request({ method: 'DELETE', route: '/auth/sessions/{id}', status: 401, code: 'access_token_missing' }),
    request({ method: 'POST', route: '/auth/register', status: 201 }),
  ]
  const { printed, kept } = outputOf([
    // Where wrangler runs several Workers, it puts what it takes for a name before the line.
    `[undefined] ${created}`,
    missing,
    denied,
    '[wrangler:info] DELETE /auth/sessions/a 401 Unauthorized (27ms)',
    `${ESC}[0m[wrangler:info] ${ESC}[1mPOST${ESC}[22m /auth/register 201 Created (331ms)`,
    '[wrangler:info] GET /nope 404 Not Found (7ms)',
    '[wrangler:info] GET /nope 404 Not Found (8ms)',
  ])
  expect(printed).toEqual([
    '07:06:20 DELETE /auth/sessions/a 401 27 ms access_token_missing',
    '07:06:20 POST /auth/register 201 331 ms',
    '07:06:20 GET /nope 404 7 ms not_found',
    '07:06:20 GET /nope 404 8 ms',
  ])
  expect(kept).toEqual([created, missing, denied])
})

test('the runner asks whether the service is ready and fires its cron: neither is shown unless it fails', () => {
  const unready = '[wrangler:info] GET /health/ready 503 Service Unavailable (7ms)'
  const ready = '[wrangler:info] GET /health/ready 200 OK (7ms)'
  expect(outputOf([unready, unready, ready, ready], { probe: '/health/ready' }).printed).toEqual([
    '07:06:20 GET /health/ready 503 7 ms',
    '07:06:20 GET /health/ready 200 7 ms',
  ])
  const cron = (status: string) => `[wrangler:info] GET /cdn-cgi/local/scheduled ${status} (7ms)`
  expect(outputOf([cron('200 OK'), cron('500 Internal Server Error')]).printed).toEqual([
    '07:06:20 GET /cdn-cgi/local/scheduled 500 7 ms',
  ])
})

test('what the Worker complains of is shown with its reason, and kept', () => {
  const failed = request({
    method: 'GET',
    route: '/x',
    status: 500,
    code: 'internal_error',
    reason: 'TypeError\n  at f',
  })
  const sink = JSON.stringify({ at: '2026-01-02T07:06:20Z', code: 'sink_failed', sink: 'rabbitmq', reason: 'refused' })
  const { printed, kept } = outputOf([
    `${error}${failed}${ESC}[0m`,
    '',
    '',
    `${warning}${sink}${ESC}[0m`,
    '',
    '[wrangler:info] GET /x 500 Internal Server Error (7ms)',
  ])
  expect(printed).toEqual([
    '07:06:20 error internal_error: TypeError\n  at f',
    '07:06:20 warning sink_failed sink=rabbitmq: refused',
    '07:06:20 GET /x 500 7 ms internal_error',
  ])
  expect(kept).toEqual([failed, sink])
})

test('everything else comes through as it is: a failed build, a crash, what a developer logs', () => {
  const build = [
    `${error}Build failed with 1 error:${ESC}[0m`,
    '',
    `  ${error}Unexpected end of file${ESC}[0m`,
    '      src/app.ts:70:0:',
    '',
    '',
  ]
  const written = ['hello from me', '{ not JSON', '{"a":1}', 'env.SECRET_KEY is what I look at']
  const { printed } = outputOf([...build, '[custom build] Running: node build/run.ts', ...written])
  expect(printed).toEqual([
    '✘ [ERROR] Build failed with 1 error:',
    '',
    '  ✘ [ERROR] Unexpected end of file',
    '      src/app.ts:70:0:',
    '',
    ...written,
  ])
  expect(outputOf(build, { colours: true }).printed[0]).toBe(build[0])
})
