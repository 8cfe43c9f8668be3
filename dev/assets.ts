import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The files of the documentation page: Swagger UI as its package ships it, and our own three beside it. */
const FILES: Record<string, string[]> = {
  'node_modules/swagger-ui-dist': ['swagger-ui.css', 'swagger-ui-bundle.js'],
  'src/features/api/page': ['index.html', 'init.js', 'page.css'],
}

export function buildAssets() {
  const target = join(ROOT, 'dist/assets/api/docs')
  mkdirSync(target, { recursive: true })
  for (const [folder, names] of Object.entries(FILES)) {
    for (const name of names) copyFileSync(join(ROOT, folder, name), join(target, name))
  }
}

if (import.meta.main) buildAssets()
