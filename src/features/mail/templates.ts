import * as z from 'zod/mini'
import { lazy, type Parsed } from '../../kernel/lazy.ts'
import type { Schema } from '../../kernel/schema.ts'

const moment = () => z.iso.datetime()
const device = () => z.string().check(z.maxLength(200))

/**
 * Every mail there is, and what it may say besides the name of the service. Nothing of it was chosen by a stranger: not the
 * name somebody registered with, so that nobody can have us mail their words to others. `secret` is what lies sealed.
 */
export const TEMPLATES = {
  welcome: { values: lazy(() => z.object({})), secret: null },
  verify_email: {
    values: lazy(() => z.object({ minutes: z.int() })),
    secret: lazy(() => z.object({ code: z.string() })),
  },
  reset_password: {
    values: lazy(() => z.object({ minutes: z.int() })),
    secret: lazy(() => z.object({ code: z.string(), link: z.optional(z.string()) })),
  },
  confirm_new_email: {
    values: lazy(() => z.object({ minutes: z.int() })),
    secret: lazy(() => z.object({ code: z.string() })),
  },
  email_change_begun: {
    values: lazy(() => z.object({ hours: z.int() })),
    secret: lazy(() => z.object({ link: z.string() })),
  },
  email_changed: {
    values: lazy(() => z.object({ hours: z.int() })),
    secret: lazy(() => z.object({ link: z.optional(z.string()) })),
  },
  email_change_stopped: { values: lazy(() => z.object({})), secret: null },
  address_taken: { values: lazy(() => z.object({})), secret: null },
  password_changed: { values: lazy(() => z.object({ at: moment() })), secret: null },
  password_reset: { values: lazy(() => z.object({ at: moment() })), secret: null },
  new_device: {
    values: lazy(() =>
      z.object({ at: moment(), device: device(), country: z.nullable(z.string().check(z.maxLength(2))) }),
    ),
    secret: null,
  },
  session_evicted: { values: lazy(() => z.object({ at: moment(), device: device() })), secret: null },
  account_deleted: { values: lazy(() => z.object({ at: moment() })), secret: null },
} as const satisfies Record<string, { values: () => z.ZodMiniObject; secret: (() => Schema) | null }>

export type TemplateName = keyof typeof TEMPLATES
export type ValuesOf<Name extends TemplateName> = Parsed<(typeof TEMPLATES)[Name]['values']>

export const isTemplate = (name: unknown): name is TemplateName =>
  typeof name === 'string' && Object.hasOwn(TEMPLATES, name)

/** What may come with a mail and stands in none of its rows in clear. */
export type Secret = { code?: string | undefined; link?: string | undefined }
