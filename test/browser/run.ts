import { deepEqual, equal } from 'node:assert/strict'
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cloneProject, freePort, removeProject, start } from '../node/dev-project.ts'
import { applicationChecks, foreignChecks, serveApplication } from './application.ts'
import { findBrowser } from './devtools.ts'
import { openPage, type Page } from './page.ts'

/**
 * The pages that people see, in a headless browser: `npm run test:browser`. With a folder as its argument, it leaves a
 * picture of each page there.
 */
export type Check = { what: string; check: (page: Page) => Promise<void> }

function checksOf(service: string, stack: string): Check[] {
  return [
    {
      what: 'api',
      check: async (page) => {
        await page.open(`${service}/api/docs`)
        const description = (await (await fetch(`${service}/api/openapi.json`)).json()) as { paths: object }
        const operations = Object.values(description.paths).flatMap((path) => Object.keys(path)).length
        equal(await page.until(`document.querySelectorAll('.opblock').length >= ${operations}`), true)
      },
    },
    {
      what: 'api-tried-out',
      check: async (page) => {
        // One look does what comes next, when the page has stopped changing. Swagger UI now and then shows that it is loading and
        // sends nothing, without a request that anybody could answer: then the page is loaded again, as people would.
        const look = `(() => {
          const live = document.querySelector('.opblock-get [data-path="/health/live"]')?.closest('.opblock')
          const next = live?.querySelector('.execute') ?? live?.querySelector('button')
          const shown = document.body?.innerHTML.length
          if (shown !== window.shown) [window.shown, window.since] = [shown, performance.now()]
          const still = performance.now() - window.since
          if (next && next !== window.pressed && still > 500) (window.pressed = next).click()
          const sent = performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/health/live'))
          if (next && next === window.pressed && still > 4000 && !sent) return 'nothing was sent'
          return live?.querySelector('.live-responses-table tbody .response-col_status')?.innerText.trim()
        })()`
        let status = 'nothing was sent'
        for (let tries = 0; status === 'nothing was sent' && tries < 4; tries++) {
          await page.open(`${service}/api/docs`)
          status = await page.until(look)
        }
        equal(status, '200')
      },
    },
    {
      what: 'errors',
      check: async (page) => {
        await page.open(`${service}/api/docs/errors#identifier_taken`)
        equal(await page.until(`document.querySelector('dt:target')?.innerText.includes('409')`), true)
      },
    },
    {
      what: 'mail-and-events',
      check: async (page) => {
        const mail = {
          from: 'Postern <postern@example.com>',
          to: ['ann@example.com'],
          subject: 'Your code',
          text: 'Your code is 123456.',
          html: '<!doctype html><p>Your code is <b>123456</b>.</p>',
        }
        const headers = { 'content-type': 'application/json', authorization: 'Bearer re_development' }
        const sent = await fetch(`${stack}/emails`, { method: 'POST', headers, body: JSON.stringify(mail) })
        equal(sent.status, 200)
        await page.open(stack)
        equal(await page.until(`document.querySelector('#mail mark')?.innerText`), '123456')
        await page.open(`${stack}/?address=ann&kind=Your+code`)
        equal(await page.until(`document.querySelector('#mail mark')?.innerText`), '123456')
        equal(await page.until(`document.querySelector('[name=address]').value`), 'ann')
        await page.until(
          `(document.querySelector('#mail details').open = true) && Boolean(document.querySelector('#mail iframe'))`,
        )
      },
    },
  ]
}

const browser = findBrowser()
if (browser) await run(browser, process.argv[2])
else if (process.env.CI) throw new Error('There is no browser on this machine: install chromium.')
else console.log('skipped: there is no browser on this machine (chromium, or what CHROMIUM names)')

async function run(program: string, pictures?: string): Promise<void> {
  if (pictures) await mkdir(pictures, { recursive: true })
  const root = await cloneProject()
  const ports = { PORT: String(await freePort()), DEV_PORT: String(await freePort()) }
  const application = await serveApplication()
  await appendFile(join(root, '.dev.vars.example'), `CORS_ORIGINS="${application.origin}"\n`)
  const page = await openPage(program)
  /** Each set of checks has a service of its own, with an empty database. */
  const against = async (flags: string[], checks: Check[]) => {
    const development = start(root, 'dev/run.ts', ['--memory', ...flags], ports)
    try {
      await development.ready
      for (const { what, check } of checks) {
        await check(page)
        if (pictures) await page.picture(join(pictures, `${what}.png`))
        deepEqual(page.complaints(), [], what)
        console.log(`as it should be: ${what}`)
      }
    } finally {
      development.child.kill('SIGTERM')
      await development.exit
    }
  }
  const [host, stack] = [`localhost:${ports.PORT}`, `http://localhost:${ports.DEV_PORT}`]
  try {
    const checks = checksOf(`http://${host}`, stack)
    await against([], [...checks, ...applicationChecks(application, `http://${host}`)])
    await against(['--https'], foreignChecks(application, `https://${host}`))
  } finally {
    await page.close()
    await application.close()
    await removeProject(root)
  }
}
