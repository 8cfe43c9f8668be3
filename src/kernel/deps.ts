import type { Client } from './client.ts'
import type { Config } from './config.ts'

/**
 * The dependencies of use cases. A feature adds its own (`declare module`), and a use case names those that it needs (`Pick<Deps,
 * …>`).
 */
export interface Deps {
  config: Config
  client: Client
  now: () => Date
  /** Work that the answer does not wait for. Its failure is recorded, since nobody else would hear of it. */
  later: (work: Promise<unknown>) => void
}
