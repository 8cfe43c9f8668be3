import { checkSecretKey } from '../crypto/secret-strength.ts'
import * as httpFailures from '../http/failures.ts'
import * as kernelFailures from '../kernel/failures.ts'
import { feature, type Given, type Refuse } from '../kernel/feature.ts'
import {
  anything,
  choice,
  home,
  isHome,
  kind,
  list,
  matching,
  origin,
  postgres,
  text,
  web,
} from '../kernel/setting-kinds.ts'

const secretKey = kind<string>((value) => {
  const problem = checkSecretKey(value)
  return problem ? { problem } : { value }
})

const headerName = matching(/^[A-Za-z0-9-]+$/, 'must be the name of a header')

/** A secret that only has to be long. */
const longSecret = (least: number) =>
  anything.where((value) => value.length >= least, `must hold keys of at least ${least} characters`)

const settings = {
  ENVIRONMENT: choice('production', 'development').default('production'),
  APP_NAME: text('must be a name').default('Postern'),
  APP_VERSION: text('must be a version').default('0.1.0'),
  ISSUER: web,
  AUDIENCE: text('must be set'),
  PUBLIC_URL: home.optional(),
  DATABASE_URL: postgres,
  DATABASE_HTTP_URL: web.optional(),
  SECRET_KEY: secretKey,
  SECRET_KEYS_OLD: list(secretKey, 2).default([]),
  CORS_ORIGINS: list(origin).default([]),
  BACKEND_KEYS: list(longSecret(32)).default([]),
  CLIENT_ADDRESS_HEADER: headerName.default('CF-Connecting-IP'),
}

type Told = Given<typeof settings>

const FOR_DEVELOPMENT = 'was made for development and is refused in production'
const isForDevelopment = (key: string | undefined) => key?.startsWith('dev_') === true

/** What belongs to the service as a whole, and to what lies below the features. */
export const service = feature({
  name: 'service',
  settings,
  failures: { ...kernelFailures, ...httpFailures },
  config: (given: Told) => ({
    environment: given.ENVIRONMENT,
    appName: given.APP_NAME,
    appVersion: given.APP_VERSION,
    issuer: given.ISSUER,
    audience: given.AUDIENCE,
    publicUrl: given.PUBLIC_URL ?? new URL(given.ISSUER).origin,
    databaseUrl: given.DATABASE_URL,
    databaseHttpUrl: given.DATABASE_HTTP_URL,
    secretKey: given.SECRET_KEY,
    oldSecretKeys: given.SECRET_KEYS_OLD,
    corsOrigins: given.CORS_ORIGINS,
    backendKeys: given.BACKEND_KEYS,
    clientAddressHeader: given.CLIENT_ADDRESS_HEADER,
  }),
  check(given: Told, refuse: Refuse<keyof Told>) {
    const production = given.ENVIRONMENT === 'production'
    if (production && isForDevelopment(given.SECRET_KEY)) refuse('SECRET_KEY', FOR_DEVELOPMENT)
    if (production && given.SECRET_KEYS_OLD?.some(isForDevelopment)) refuse('SECRET_KEYS_OLD', FOR_DEVELOPMENT)
    if (given.ISSUER && !given.PUBLIC_URL && !isHome(given.ISSUER)) {
      refuse('PUBLIC_URL', 'is needed where ISSUER has a path, since links in mails lead to where the service is')
    }
  },
})
