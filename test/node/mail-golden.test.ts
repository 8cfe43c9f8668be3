import { describe, expect, it } from 'vitest'
import { LOCALES } from '../../src/features/mail/language.ts'
import { TEMPLATES, type TemplateName } from '../../src/features/mail/templates.ts'
import { write } from '../../src/features/mail/write.ts'
import { SAMPLES } from '../support/mail-samples.ts'

const MAILS = Object.keys(LOCALES).flatMap((locale) =>
  (Object.keys(TEMPLATES) as TemplateName[]).map((template) => ({ template, locale })),
)

/** What people read is looked at when it changes: `npx vitest run test/node/mail-golden.test.ts -u` writes it anew. */
describe('golden mails', () => {
  it.each(MAILS)('$template in $locale', async ({ template, locale }) => {
    const { values, secret } = SAMPLES[template]
    const mail = write({ template, locale, values, secret }, 'Postern')
    const file = `../golden/mail/${template}.${locale}`
    await expect(`Subject: ${mail?.subject}\n\n${mail?.text}`).toMatchFileSnapshot(`${file}.txt`)
    await expect(mail?.html).toMatchFileSnapshot(`${file}.html`)
  })
})
