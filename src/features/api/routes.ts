import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { type App, endpoint } from '../../http/endpoint.ts'
import { fillIn } from './settings-in-documents.ts'

/** The page loads its own files and asks this service, nothing else; Swagger UI's icons are data addresses in its style sheet. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const PAGE_FILES = '/api/docs'

/** The pages whose address is not the name of their file. */
const PAGES: ReadonlyMap<string, string> = new Map([
  [PAGE_FILES, `${PAGE_FILES}/index.html`],
  [`${PAGE_FILES}/errors`, `${PAGE_FILES}/errors.html`],
])

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
    document,
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
    document,
  )

  app.on('GET', [PAGE_FILES, `${PAGE_FILES}/*`], async (c) => {
    const file = await fileOf(c, PAGES.get(c.req.path) ?? c.req.path)
    if (!file) return c.notFound()
    const headers = new Headers(file.headers)
    headers.set('content-security-policy', PAGE_POLICY)
    return new Response(file.body, { status: file.status, headers })
  })
}

async function document(c: Context<AppEnv>) {
  const file = await fileOf(c, c.req.path)
  if (!file) return c.notFound()
  const headers = { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' }
  return c.body(fillIn(await file.text(), c.get('deps').config), 200, headers)
}

/** Null where there is no such file. */
async function fileOf(c: Context<AppEnv>, path: string): Promise<Response | null> {
  const file = await c.get('deps').assets.fetch(new URL(path, c.req.url))
  return file.status === 404 ? null : file
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    /** The documents of the API and the files of their pages, as the build wrote them. */
    assets: Fetcher
  }
}
