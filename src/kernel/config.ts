/** What the settings say, checked and in the words of the code. A feature adds a group of its own (`declare module`). */
export interface Config {
  readonly environment: Environment
  readonly appName: string
  readonly appVersion: string
  readonly issuer: string
  readonly audience: string
  readonly publicUrl: string
  readonly databaseUrl: string
  readonly databaseHttpUrl: string | undefined
  readonly secretKey: string
  readonly oldSecretKeys: readonly string[]
  readonly corsOrigins: readonly string[]
  readonly backendKeys: readonly string[]
  readonly clientAddressHeader: string
}

export type Environment = 'production' | 'development'

/** Names every bad setting at once, and the value of none. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}
