import { type App, endpoint } from '../../http/endpoint.ts'
import type { Failure } from '../../kernel/failure.ts'
import { describeEvents } from '../events/asyncapi.ts'
import { describe } from './description.ts'
import { errorsPage } from './errors-page.ts'

/** The page loads its own files and asks this service, nothing else; Swagger UI's icons are data addresses in its style sheet. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const PAGE_FILES = '/api/docs'

export function apiDescription(app: App) {
  endpoint(
    app,
    {
      method: 'get',
      paths: ['/api/openapi.json'],
      tag: 'About',
      summary: 'This description',
      answer: { status: 200, description: 'OpenAPI 3.1' },
      errors: [],
    },
    (c) => c.json(describe(app, c.get('deps').config), 200, { 'cache-control': 'public, max-age=300' }),
  )

  endpoint(
    app,
    {
      method: 'get',
      paths: ['/api/asyncapi.json'],
      tag: 'About',
      summary: 'The events that are published',
      answer: { status: 200, description: 'AsyncAPI 3.0' },
      errors: [],
    },
    (c) =>
      c.json(describeEvents(c.get('deps').config, c.get('deps').catalogue), 200, {
        'cache-control': 'public, max-age=300',
      }),
  )

  app.get(`${PAGE_FILES}/errors`, (c) =>
    c.html(errorsPage(c.get('deps').failures), 200, { 'content-security-policy': PAGE_POLICY }),
  )

  app.on('GET', [PAGE_FILES, `${PAGE_FILES}/*`], async (c) => {
    const path = c.req.path === PAGE_FILES ? `${PAGE_FILES}/index.html` : c.req.path
    const file = await c.get('deps').assets.fetch(new URL(path, c.req.url))
    if (file.status === 404) return c.notFound()
    const headers = new Headers(file.headers)
    headers.set('content-security-policy', PAGE_POLICY)
    return new Response(file.body, { status: file.status, headers })
  })
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    /** The files of the documentation page. */
    assets: Fetcher
    /** Every failure there is, for the page of errors. */
    failures: readonly Failure[]
  }
}
