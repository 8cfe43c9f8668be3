import { writeFile } from 'node:fs/promises'
import { type Browser, openBrowser, type Said } from './devtools.ts'

export type Cookie = {
  name: string
  path: string
  httpOnly: boolean
  secure: boolean
  sameSite?: string
  domain: string
}

export type Page = {
  open: (address: string) => Promise<void>
  /** The value of an expression, once it is truthy; nothing is loaded for ever. */
  until: <Value>(expression: string) => Promise<Value>
  /** What the browser complained of since the page was opened. */
  complaints: () => string[]
  /** What `npm run dev -- --https` shows is signed by nobody whom a browser knows. */
  trustAll: () => Promise<void>
  cookies: (address: string) => Promise<Cookie[]>
  forgetCookies: () => Promise<void>
  picture: (path: string) => Promise<void>
  close: () => Promise<void>
}

const PATIENCE_MS = 15_000

export async function openPage(program: string): Promise<Page> {
  const browser = await openBrowser(program)
  for (const domain of ['Page', 'Runtime', 'Log', 'Audits', 'Network']) await browser.send(`${domain}.enable`)
  return {
    open: async (address) => {
      browser.heard()
      await browser.send('Page.navigate', { url: address })
    },
    until: (expression) => evaluate(browser, waitingFor(expression)),
    complaints: () => browser.heard().flatMap(complaintIn),
    trustAll: () => browser.send('Security.setIgnoreCertificateErrors', { ignore: true }),
    cookies: async (address) => {
      const { cookies } = await browser.send<{ cookies: Cookie[] }>('Network.getCookies', { urls: [address] })
      return cookies
    },
    forgetCookies: () => browser.send('Network.clearBrowserCookies'),
    picture: async (path) => {
      const { data } = await browser.send<{ data: string }>('Page.captureScreenshot', { captureBeyondViewport: true })
      await writeFile(path, Buffer.from(data, 'base64'))
    },
    close: browser.close,
  }
}

type Evaluated<Value> = { result: { value: Value }; exceptionDetails?: { exception?: { description?: string } } }

async function evaluate<Value>(browser: Browser, expression: string): Promise<Value> {
  const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true }
  const { result, exceptionDetails } = await browser.send<Evaluated<Value>>('Runtime.evaluate', asked)
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the expression fails')
  return result.value
}

/** Asked again at every frame that the page draws. */
const waitingFor = (expression: string) => `new Promise((resolve, reject) => {
  const giveUp = performance.now() + ${PATIENCE_MS}
  const look = () => {
    const value = (() => ${expression})()
    if (value) return resolve(value)
    if (performance.now() > giveUp) return reject(new Error(${JSON.stringify(`never: ${expression}`)}))
    requestAnimationFrame(look)
  }
  look()
})`

type Complaint = (params: Record<string, unknown>) => string | undefined

/** Advice about filling in forms, for the fields of Swagger UI. */
const UNNAMED_INPUT = 'FormEmptyIdAndNameAttributesForInputError'

/** Violations of the content security policy arrive as an issue and as a log entry; either is one too many. */
const COMPLAINTS: Record<string, Complaint> = {
  'Audits.issueAdded': ({ issue }) => {
    const text = JSON.stringify(issue)
    return text.includes(UNNAMED_INPUT) ? undefined : `issue: ${text.slice(0, 400)}`
  },
  'Log.entryAdded': ({ entry }) => {
    const { level, text } = entry as { level: string; text: string }
    return level === 'error' || level === 'warning' ? `log: ${text}` : undefined
  },
  'Runtime.exceptionThrown': ({ exceptionDetails }) => `exception: ${JSON.stringify(exceptionDetails).slice(0, 400)}`,
  'Network.loadingFailed': (params) => `not loaded: ${JSON.stringify(params)}`,
  'Network.responseReceived': ({ response }) => {
    const { status, url } = response as { status: number; url: string }
    return status >= 400 ? `${status} for ${url}` : undefined
  },
}

const complaintIn = ({ method, params }: Said): string[] => {
  const complaint = COMPLAINTS[method]?.(params)
  return complaint === undefined ? [] : [complaint]
}
