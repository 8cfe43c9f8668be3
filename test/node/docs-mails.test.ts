import { expect, it } from 'vitest'
import { SAMPLES } from '../support/mail-samples.ts'
import { codes, read, rows, section } from '../support/markdown.ts'

it('docs/guides/mails.md has a row for every mail, with its values, its code and its link', () => {
  const documented = rows(section(read('docs/guides/mails.md'), 'What a language must hold'))
    .filter((row) => row.length === 5)
    .map(([mail = '', , values = '', code, link]) => {
      return { mail: codes(mail).join(), values: codes(values), code: code === 'yes', link: link !== 'no' }
    })
  const known = Object.entries(SAMPLES).map(([mail, { values, secret }]) => {
    return { mail, values: Object.keys(values), code: secret?.code !== undefined, link: secret?.link !== undefined }
  })
  expect(documented).toEqual(known)
})
