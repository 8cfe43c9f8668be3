import { createApp } from '../../src/compose/app.ts'
import { CATALOGUE, FAILURES } from '../../src/compose/features.ts'
import { mark } from '../../src/features/api/settings-in-documents.ts'
import { describeEvents } from './asyncapi.ts'
import { errorsPage } from './errors-page.ts'
import { describe } from './openapi.ts'

/** By the name of their file. Where a value is a setting, a mark stands for it. */
export function apiDocuments(): Record<string, string> {
  const app = createApp(() => {
    throw new Error('The app is described here, and answers nothing.')
  })
  const failures = Object.values(FAILURES).toSorted((one, other) => one.status - other.status)
  return {
    'openapi.json': JSON.stringify(describe(app), markFloor),
    'asyncapi.json': JSON.stringify(describeEvents(CATALOGUE)),
    'docs/errors.html': String(errorsPage(failures)),
  }
}

/** Only a password that is chosen has a floor; the one that is shown may be older than the setting. */
const markFloor = (_: string, value: unknown) =>
  isSchema(value) && value.format === 'password' && value.minLength !== undefined
    ? { ...value, minLength: mark('passwordMinLength') }
    : value

const isSchema = (value: unknown): value is { format?: unknown; minLength?: unknown } =>
  typeof value === 'object' && value !== null
