import { build } from '../../build/run.ts'

/** What wrangler builds before it bundles: it looks for these files from the folder that it runs in, whatever project it serves. */
export default build
