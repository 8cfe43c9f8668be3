import { describe, expect, it } from 'vitest'
import { FAILURES } from '../../src/compose/features.ts'

const errors = Object.entries(FAILURES)

describe('every failure that a caller can see', () => {
  it.each(errors)('%s has a detail of whole sentences', (_, { detail }) => {
    expect(detail).toMatch(/^[A-Z][^_{}<>`]+\.$/)
    for (const sentence of detail.split(/(?<=\.)\s+/)) expect(sentence).toMatch(/^[A-Z]\S*(?: \S+){2,}\.$/)
  })

  it.each(errors)('%s has a title that is no sentence, and a status of failure', (code, { title, status }) => {
    expect(code).toMatch(/^[a-z]+(?:_[a-z0-9]+)*$/)
    expect(title).toMatch(/^[A-Z][\w’' -]+$/)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(600)
  })

  it('says something of its own', () => {
    const details = errors.map(([, { detail }]) => detail)
    expect(details.filter((detail, at) => details.indexOf(detail) !== at)).toEqual([])
  })
})
