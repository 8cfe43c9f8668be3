import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiDocuments } from './documents/documents.ts'

const ROOT = dirname(import.meta.dirname)
const ASSETS = join(ROOT, 'dist/assets/api')

/** The files of the documentation page: Swagger UI as its package ships it, and our own three beside it. */
const PAGE: Record<string, string[]> = {
  'node_modules/swagger-ui-dist': ['swagger-ui.css', 'swagger-ui-bundle.js'],
  'build/page': ['index.html', 'init.js', 'page.css'],
}

/** What the Worker serves and does not compute: the documents of the API, and the pages that show them. */
export function buildAssets() {
  mkdirSync(join(ASSETS, 'docs'), { recursive: true })
  for (const [folder, names] of Object.entries(PAGE)) {
    for (const name of names) copyFileSync(join(ROOT, folder, name), join(ASSETS, 'docs', name))
  }
  for (const [name, text] of Object.entries(apiDocuments())) writeFileSync(join(ASSETS, name), text)
}
