import { build } from './support/build.ts'
import { type Figure, report } from './support/figures.ts'

/** How much is uploaded, and loaded at each cold start. */
export async function size(): Promise<Figure[]> {
  const { gzipKiB } = await build()
  return [{ what: 'upload, compressed', measured: gzipKiB, unit: 'KiB', atMost: 227 }]
}

if (import.meta.main) report(await size())
