import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCommonPassword } from '../src/features/passwords/common-passwords.ts'
import { passwordProblems } from '../src/features/passwords/password-rules.ts'

const problems = (password: string, { minLength = 8, context = ['Postern', 'ann.smith'] } = {}) =>
  passwordProblems(password, { minLength, context })

const sentence = /^[A-Z].*\.$/

describe('the length of a password (ASVS 6.2.1, 6.2.9)', () => {
  it.each([
    [7, 8, 1],
    [8, 8, 0],
    [11, 12, 1],
    [12, 12, 0],
    [64, 8, 0],
    [128, 8, 0],
    [256, 8, 0],
    [257, 8, 1],
    [10_240, 8, 1],
    [10_000_000, 8, 1],
  ])('%i characters, at least %i: %i problems', (length, minLength, count) => {
    const password = 'kq vzxw jp'.repeat(length / 10 + 1).slice(0, length)
    expect(problems(password, { minLength })).toEqual(Array(count).fill(expect.stringMatching(sentence)))
  })

  it('is counted in code points, bytes only bound it', () => {
    expect(problems('🦩🪿🦭🐙🦔🦥🦫🦡')).toEqual([])
    expect(problems('🦩🪿🦭🐙🦔🦥🦫')).toHaveLength(1)
    expect(problems('🦩🪿🦭🐙🦔🦥🦫🦡'.repeat(32))).toEqual([])
    expect(problems('🦩🪿🦭🐙🦔🦥🦫🦡'.repeat(33))).toHaveLength(1)
  })

  it('has a floor that no setting lowers', () => {
    expect(problems('kqvzxwj', { minLength: 1 })).toEqual(['The password needs at least 8 characters.'])
  })
})

describe('what a password consists of (ASVS 6.2.5)', () => {
  it.each([
    'lower case only',
    'kqvzxwjp',
    '8365194207',
    'KQVZXWJP',
    ' leading and trailing ',
    'пароль на века',
    '🦩🪿🦭🐙🦔🦥🦫🦡',
  ])('%j is nobody’s business', (password) => {
    expect(problems(password)).toEqual([])
  })

  it.each(['kqvzxwjp\0', 'kqvzxwjp\ud800', '\udc00kqvzxwjp'])('%j cannot be stored or sent', (password) => {
    expect(problems(password)).toEqual(['The password is not well-formed Unicode.'])
  })
})

describe('a common password (ASVS 6.2.4)', () => {
  // That they are exactly the 3,000 commonest is looked at in test/node/common-passwords.test.ts.
  it.each(['password', 'Password', 'PASSWORD', '12345678', '1qaz2wsx', '11111111', '13101988'])(
    '%s is refused',
    (password) => {
      expect(problems(password)).toEqual(['The password is among the most common ones.'])
    },
  )

  it.each(['0.0.0.000', 'zxcvbnm123', 'zxcasdqwe123'])('%s, at an end of the list, is refused', (password) => {
    expect(isCommonPassword(password)).toBe(true)
  })

  it.each(['', 'A', 'constructor', '__proto__', 'Apassword', 'password ', 'passwor'])('%j is not one', (password) => {
    expect(isCommonPassword(password)).toBe(false)
  })
})

describe('a password made of a name (ASVS 6.2.11)', () => {
  const context = ['Postern', 'ann.smith+news@example.com', 'Ann_the_2nd', 'bob']
  it.each([
    'posternpostern',
    'Postern1',
    'postern2026!',
    'ＰＯＳＴＥＲＮ1',
    '!!postern!!',
    'xyzpostern12',
    'ann.smith+news',
    'ann.smith',
    'AnnSmith1',
    'smith-postern-1',
    'smithsmith99',
    'ann_the_2nd',
    'bobbobbob',
    'bob12345',
    '1234bob!',
  ])('%s is refused', (password) => {
    expect(passwordProblems(password, { minLength: 8, context })).toEqual([
      'The password says little more than a name.',
    ])
  })

  it.each([
    'the postern is open',
    'postern-83651942',
    'postern-test-1',
    'blacksmith-works',
    'my-bobsleigh',
    'correct horse battery staple',
  ])('%s says enough besides', (password) => {
    expect(passwordProblems(password, { minLength: 8, context })).toEqual([])
  })

  it('takes away the longest name first, since one may begin with another', () => {
    const context = ['anne', 'annegret.braun']
    expect(passwordProblems('annegret.braunxy', { minLength: 8, context })).toHaveLength(1)
  })

  it('does not take an empty name for one', () => {
    expect(passwordProblems('83651942', { minLength: 8, context: ['', '@example.com', '...'] })).toEqual([])
  })
})

it('any text at all: is judged, in sentences that do not quote it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 })
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 8, max: 64 }),
      fc.array(text, { maxLength: 3 }),
      (password, minLength, context) => {
        const found = passwordProblems(password, { minLength, context })
        const others = passwordProblems('x', { minLength, context })
        for (const problem of [...found, ...others]) expect(problem).toMatch(sentence)
        if (found.length === 0) expect([...password].length).toBeGreaterThanOrEqual(minLength)
      },
    ),
    { numRuns: 2_000 },
  )
})
