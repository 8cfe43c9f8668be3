import { SETTINGS } from '../../src/compose/features.ts'

export const STACK_PASSWORD = 'only-for-tests'

/** Bends the password's cost and nothing else. Every other setting is bound too, so that no file of a developer leaks in. */
export function testSettings(stackUrl: string, signingKey: string): Record<string, string> {
  return {
    ...Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, ''])),
    ENVIRONMENT: 'development',
    ISSUER: 'https://auth.example.com',
    AUDIENCE: 'postern-tests',
    DATABASE_URL: `postgres://postern:${STACK_PASSWORD}@localhost/postern`,
    DATABASE_HTTP_URL: `${stackUrl}/sql`,
    SECRET_KEY: 'dev_U3bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3',
    SIGNING_KEY_1: signingKey,
    PASSWORD_COST: '4',
    CORS_ORIGINS: 'https://app.example.com',
  }
}
