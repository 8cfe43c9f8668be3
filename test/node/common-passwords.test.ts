import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderCommonPasswords } from '../../dev/common-passwords.ts'
import { isCommonPassword } from '../../src/features/passwords/common-passwords.ts'

const require = createRequire(import.meta.url)
const present = (() => {
  try {
    return Boolean(require.resolve('@zxcvbn-ts/language-common'))
  } catch {
    return false
  }
})()

// Without the package that holds the source, nothing can be compared.
describe.skipIf(!present)('the list of common passwords (ASVS 6.2.4)', () => {
  const source = () => require('@zxcvbn-ts/language-common').dictionary['passwords-common'] as string[]

  it('is what its generator makes', async () => {
    const { version } = require('@zxcvbn-ts/language-common/package.json') as { version: string }
    const written = await readFile(
      join(import.meta.dirname, '../../src/features/passwords/common-passwords.ts'),
      'utf8',
    )
    expect(renderCommonPasswords(source(), version)).toBe(written)
  })

  it('holds exactly the 3,000 commonest that are long enough', () => {
    const long = source().filter((password) => password.length >= 8)
    expect(long.slice(0, 3_000).filter((password) => !isCommonPassword(password))).toEqual([])
    expect(long.slice(3_000).filter(isCommonPassword)).toEqual([])
  })
})

describe('the packed form', () => {
  it('refuses what it cannot hold', () => {
    const many = Array.from({ length: 3_000 }, (_, at) => `password${at}`)
    expect(renderCommonPasswords(many, '1')).toContain('Apassword0')
    expect(() => renderCommonPasswords(many.slice(1), '1')).toThrow('only 2999')
    expect(() => renderCommonPasswords(['Password', ...many], '1')).toThrow('packed form')
  })
})
