import { buildAssets } from './assets.ts'

/** What wrangler runs before it bundles the Worker: see `[build]` in wrangler.toml. */
buildAssets()
