import * as z from 'zod/mini'
import { anyText } from '../../http/fields.ts'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'

/** People copy digits in groups, and mail programs add spaces. */
export const code = () =>
  described(
    z.pipe(
      anyText(64),
      z.transform((text: string) => text.replaceAll(/\s/g, '')),
    ),
    { examples: ['012345'] },
  )
export const token = () => described(anyText(200), { description: 'What stands behind `#token=` in the link.' })

export const Accepted = lazy(() => described(z.object({ status: z.literal('accepted') }), { title: 'Accepted' }))

export const ACCEPTED = { status: 'accepted' } as const
