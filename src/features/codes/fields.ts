import * as z from 'zod'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'

/** People copy digits in groups, and mail programs add spaces. */
export const code = () =>
  anyText(64)
    .transform((text) => text.replaceAll(/\s/g, ''))
    .meta({ examples: ['012345'] })
export const token = () => anyText(200).meta({ description: 'What stands behind `#token=` in the link.' })

export const needs = (path: string) => ({ code: 'custom' as const, path: [path], message: 'This field is required.' })

export const Accepted = lazy(() => z.object({ status: z.literal('accepted') }).meta({ title: 'Accepted' }))

export const ACCEPTED = { status: 'accepted' } as const
