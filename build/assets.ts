import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiDocuments } from './documents/documents.ts'
import { writeWhole } from './write-whole.ts'

const ROOT = dirname(import.meta.dirname)
const ASSETS = join(ROOT, 'dist/assets/api')

/** The files of the documentation page: Swagger UI as its package ships it, and our own three beside it. */
const PAGE: Record<string, string[]> = {
  'node_modules/swagger-ui-dist': ['swagger-ui.css', 'swagger-ui-bundle.js'],
  'build/page': ['index.html', 'init.js', 'page.css'],
}

/** What the Worker serves and does not compute: the documents of the API, and the pages that show them. */
export function buildAssets() {
  for (const [folder, names] of Object.entries(PAGE)) {
    for (const name of names) writeWhole(join(ASSETS, 'docs', name), readFileSync(join(ROOT, folder, name)))
  }
  for (const [name, text] of Object.entries(apiDocuments())) writeWhole(join(ASSETS, name), text)
}
