import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fences, read } from '../support/markdown.ts'
import type { Page } from './page.ts'
import type { Check } from './run.ts'

/** The page that docs/browsers.md shows, served as an application would be: on another port than the service. */
export type Application = {
  origin: string
  /** Where the page finds the service. */
  asks: (service: string) => void
  close: () => Promise<void>
}

const USUAL = 'http://localhost:8787'
const ANN = { username: 'ann@example.com', password: 'four random common words' }
const NOBODY = 'Nobody is logged in.'
const ANN_IS_IN = 'You are ann@example.com.'

const TWO_TABS = '<!doctype html><title>Two tabs</title><iframe src="/"></iframe><iframe src="/"></iframe>'

export async function serveApplication(): Promise<Application> {
  const [shown] = fences(read('docs/browsers.md')).filter(({ language }) => language === 'html')
  if (!shown?.body.includes(USUAL)) throw new Error('docs/browsers.md shows no page that asks the service.')
  let service = USUAL
  const server = createServer((request, response) => {
    const pages: Record<string, string> = { '/': shown.body.replaceAll(USUAL, service), '/two': TWO_TABS }
    const body = pages[request.url ?? '/']
    response.writeHead(body ? 200 : 204, { 'content-type': 'text/html; charset=utf-8' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://localhost:${port}`,
    asks: (where) => {
      service = where
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const says = (text: string, document = 'document') =>
  `${document}.querySelector('output')?.value === ${JSON.stringify(text)}`

const logIn = `(() => {
  const { username, password } = document.forms[0].elements
  ;[username.value, password.value] = ${JSON.stringify(Object.values(ANN))}
  document.forms[0].requestSubmit()
  return true
})()`

/** A browser tells of every 401, and where nobody is logged in there has to be one. */
function forget401(page: Page, path: string) {
  const about = page.complaints()
  const answers = about.filter((complaint) => /^\d{3} for /.test(complaint))
  deepEqual([...new Set(answers.map((complaint) => new URL(complaint.slice(8)).pathname))], [path])
  deepEqual(
    about.filter((complaint) => !complaint.includes('401')),
    [],
  )
}

/** At the first visit nobody is logged in, which is answered with a 401. */
async function visit(page: Page, { origin }: Application) {
  await page.open(origin)
  await page.until(says(NOBODY))
  forget401(page, '/auth/refresh')
}

async function register(service: string) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${service}/auth/register`, { method: 'POST', headers, body: JSON.stringify(ANN) })
  equal(answer.status, 201)
}

/** On http, as `npm run dev` serves it. */
export const applicationChecks = (application: Application, service: string): Check[] => [
  {
    what: 'application-log-in',
    check: async (page) => {
      application.asks(service)
      await register(service)
      await visit(page, application)
      await page.until(logIn)
      await page.until(says(ANN_IS_IN))
      const cookies = (await page.cookies(service)).toSorted((a, b) => a.name.localeCompare(b.name))
      deepEqual(
        cookies.map(({ name, path, httpOnly, secure, sameSite, domain }) => {
          return { name, path, httpOnly, secure, sameSite, domain }
        }),
        ['__Host-postern_device', '__Host-postern_refresh'].map((name) => {
          return { name, path: '/', httpOnly: true, secure: true, sameSite: 'Strict', domain: 'localhost' }
        }),
      )
      equal(await page.until(`[localStorage.length, sessionStorage.length].join()`), '0,0')
    },
  },
  {
    what: 'application-reload',
    check: async (page) => {
      await page.open(application.origin)
      await page.until(says(ANN_IS_IN))
    },
  },
  {
    what: 'application-two-tabs',
    check: async (page) => {
      await page.open(`${application.origin}/two`)
      const both = [0, 1].map((at) => says(ANN_IS_IN, `frames[${at}]?.document`))
      await page.until(`frames.length === 2 && ${both.join(' && ')}`)
      // As it is without locks: all of them send the same cookie.
      const refresh = `fetch('${service}/auth/refresh', {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}', credentials: 'include' })`
      await page.until(`(window.asked ??= Promise.all(Array.from({ length: 8 }, () => ${refresh}))
        .then((answers) => { window.statuses = answers.map(({ status }) => status).join() })) && window.statuses`)
      equal(await page.until('window.statuses'), Array(8).fill(200).join())
      await page.open(application.origin)
      await page.until(says(ANN_IS_IN))
    },
  },
  {
    what: 'application-log-out',
    check: async (page) => {
      await page.until(`document.querySelector('#leave').click() === undefined`)
      await page.until(says(NOBODY))
      deepEqual(
        (await page.cookies(service)).map(({ name }) => name),
        ['__Host-postern_device'],
      )
      forget401(page, '/auth/refresh')
    },
  },
]

/** On https, as `npm run dev -- --https` serves it: to a page on http, another site. */
export const foreignChecks = (application: Application, service: string): Check[] => [
  {
    what: 'application-of-another-site',
    check: async (page) => {
      await page.trustAll()
      await page.forgetCookies()
      application.asks(service)
      await page.open(application.origin)
      await page.until(says(NOBODY))
      await page.until(`(window.registered ??= fetch('${service}/auth/register', { method: 'POST',
        headers: { 'Content-Type': 'application/json' }, body: '${JSON.stringify(ANN)}' })
        .then(({ status }) => { window.answered = status })) && window.answered === 201`)
      await page.until(logIn)
      await page.until(says(ANN_IS_IN))
      deepEqual(await page.cookies(service), [])
      await page.open(application.origin)
      await page.until(says(NOBODY))
      page.complaints()
    },
  },
]
