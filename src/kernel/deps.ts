import type { Client } from './client.ts'
import type { Config } from './config.ts'

/**
 * Everything outside that a use case touches. A feature adds what it brings (`declare module`), and a use case asks for what it
 * needs (`Pick<Deps, …>`).
 */
export interface Deps {
  config: Config
  client: Client
  now: () => Date
  /** Work that the answer does not wait for. Its failure is recorded, since nobody else would hear of it. */
  later: (work: Promise<unknown>) => void
}
