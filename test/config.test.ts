import { expect, it } from 'vitest'
import { newSigningKey } from '../cli/keys/new-signing-key.ts'
import manifest from '../package.json' with { type: 'json' }
import { parseConfig } from '../src/compose/config.ts'
import { ConfigError } from '../src/kernel/config.ts'

const KEY = 'q2bYt0bRk1nX8Zq6mJw2vLs9cHf4gTd7pQa5eKi0oM3'
const SIGNING_KEY_1 = await newSigningKey('ES256', new Date(0))
const SIGNS_LATER = await newSigningKey('ES256', new Date(Date.now() + 3_600_000))
const PRODUCTION = {
  SIGNING_KEY_1,
  ISSUER: 'https://auth.example.com',
  AUDIENCE: 'example',
  DATABASE_URL: 'postgres://user:pass@db.example.com/auth',
  SECRET_KEY: KEY,
}
const complaint = (settings: object) => {
  try {
    parseConfig(settings)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  return null
}

it('what is left out has its default', () => {
  expect(parseConfig(PRODUCTION)).toMatchObject({
    environment: 'production',
    appName: 'Postern',
    appVersion: manifest.version,
    publicUrl: 'https://auth.example.com',
    passwords: { minLength: 8, cost: 15 },
    corsOrigins: [],
    oldSecretKeys: [],
    clientAddressHeader: 'CF-Connecting-IP',
  })
})

it('is frozen, and an empty value counts as unset', () => {
  const config = parseConfig({ ...PRODUCTION, APP_NAME: '', CORS_ORIGINS: '' })
  expect(Object.isFrozen(config)).toBe(true)
  expect(config.appName).toBe('Postern')
})

it.each(['ISSUER', 'AUDIENCE', 'DATABASE_URL', 'SECRET_KEY'])('%s is required', (name) => {
  expect(complaint({ ...PRODUCTION, [name]: undefined })).toContain(`${name} is missing`)
})

it.each([
  ['ENVIRONMENT', 'staging'],
  ['SECRET_KEY', 'changeme'],
  ['SECRET_KEY', 'a'.repeat(64)],
  ['SECRET_KEY', `dev_${KEY}`],
  ['SECRET_KEYS_OLD', [KEY, `${KEY}1`, `${KEY}2`].join(',')],
  ['SECRET_KEYS_OLD', 'short'],
  ['SECRET_KEYS_OLD', `${KEY} dev_${KEY}`],
  ['SIGNING_KEY_1', SIGNS_LATER],
  ['MAX_ADDRESS_ATTEMPTS', '1001'],
  ['MAX_ACCOUNT_ATTEMPTS', '1001'],
  ['ACCOUNT_THROTTLE_SECONDS', '901'],
  ['KNOWN_NETWORKS', '0'],
  ['PASSWORD_MIN_LENGTH', '7'],
  ['PASSWORD_COST', '14'],
  ['PASSWORD_COST', '16'],
  ['PASSWORD_MIN_LENGTH', '8.5'],
  ['CORS_ORIGINS', '*'],
  ['CORS_ORIGINS', 'https://app.example.com/path'],
  ['CORS_ORIGINS', 'null'],
  ['PUBLIC_URL', 'javascript:alert(1)'],
  ['PUBLIC_URL', 'https://auth.example.com/auth'],
  ['PUBLIC_URL', 'https://auth.example.com//'],
  ['PUBLIC_URL', 'https://auth.example.com/?tenant=1'],
  ['PUBLIC_URL', 'https://auth.example.com/#home'],
  ['PUBLIC_URL', 'https://user:secret@auth.example.com'],
  ['DATABASE_HTTP_URL', 'file:///etc/passwd'],
  ['CLIENT_ADDRESS_HEADER', 'bad header'],
])('%s may not be %s', (name, value) => {
  expect(complaint({ ...PRODUCTION, [name]: value })).toContain(name)
})

it.each([
  ['https://auth.example.com', 'https://auth.example.com'],
  ['https://auth.example.com/', 'https://auth.example.com'],
  ['HTTPS://Auth.Example.com:443', 'https://auth.example.com'],
  ['http://localhost:8787/', 'http://localhost:8787'],
])('PUBLIC_URL may be %s', (written, publicUrl) => {
  expect(parseConfig({ ...PRODUCTION, PUBLIC_URL: written })).toMatchObject({ publicUrl })
  expect(parseConfig({ ...PRODUCTION, ISSUER: written })).toMatchObject({ publicUrl, issuer: written })
})

it('an issuer with a path says nothing of where the service is', () => {
  const settings = { ...PRODUCTION, ISSUER: 'https://example.com/realms/one' }
  expect(complaint(settings)).toBe(
    'These settings need attention: PUBLIC_URL is needed where ISSUER has a path, since links in mails lead to where the service is.',
  )
  const { issuer, publicUrl } = parseConfig({ ...settings, PUBLIC_URL: 'https://auth.example.com' })
  expect([issuer, publicUrl]).toEqual([settings.ISSUER, 'https://auth.example.com'])
})

it.each([
  ['MAIL_FROM', 'must be an address, or a name and <an address>', { RESEND_API_KEY: 're', MAIL_FROM: 'nobody' }],
  [
    'WEBHOOK_SECRETS',
    'must hold secrets of 24 to 64 bytes in base64 behind whsec_, or two of them joined by |',
    { WEBHOOKS: 'https://hooks.example.com', WEBHOOK_SECRETS: 'short' },
  ],
  ['WEBHOOKS', 'must be an http or https address', { WEBHOOKS: 'hooks', WEBHOOK_SECRETS: `whsec_${btoa(KEY)}` }],
  [
    'KAFKA_REST_USERNAME',
    'may not hold a colon',
    { KAFKA_REST_URL: 'https://k.example.com', KAFKA_REST_USERNAME: 'a:b', KAFKA_REST_PASSWORD: 'c' },
  ],
  [
    'KAFKA_REST_URL',
    'must be an http or https address',
    { KAFKA_REST_URL: 'kafka', KAFKA_REST_USERNAME: 'a', KAFKA_REST_PASSWORD: 'c' },
  ],
  ['PUBLIC_URL', 'must be an http or https address', { ISSUER: 'https://example.com/one', PUBLIC_URL: 'there' }],
  ['CORS_ORIGINS', 'must be text', { CORS_ORIGINS: 7 }],
  ['RESEND_API_KEY', 'must be text', { RESEND_API_KEY: { secret: 'canary' } }],
])('%s that is wrong is complained of once: it %s', (name, problem, settings) => {
  expect(complaint({ ...PRODUCTION, ...settings })).toBe(`These settings need attention: ${name} ${problem}.`)
})

it('development may bend the cost and use the keys made for it', () => {
  const keys = { SECRET_KEY: `dev_${KEY}`, SECRET_KEYS_OLD: `dev_${KEY}1` }
  const settings = { ...PRODUCTION, ...keys, ENVIRONMENT: 'development', PASSWORD_COST: '4' }
  expect(parseConfig(settings)).toMatchObject({ passwords: { cost: 4 } })
})

it('a key that signs later is no problem once its time has come', () => {
  const settings = { ...PRODUCTION, SIGNING_KEY_1: SIGNS_LATER }
  expect(complaint(settings)).toContain('SIGNING_KEY_1 must hold a key that signs already')
  expect(parseConfig(settings, new Date(Date.now() + 3_600_000)).signing.algorithm).toBe('ES256')
})
