import { buildAssets } from './assets.ts'
import { buildNeonOverHttp } from './neon-over-http.ts'

/** What wrangler runs before it bundles the Worker: see `[build]` in wrangler.toml. */
export function build() {
  buildAssets()
  buildNeonOverHttp()
}

if (import.meta.main) build()
