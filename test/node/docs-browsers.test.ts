import { beforeAll, describe, expect, it } from 'vitest'
import { type Service, sharedService } from '../support/harness.ts'
import { codes, read, rows, section } from '../support/markdown.ts'

/** The page that docs/browsers.md shows is tried in Chromium: `npm run test:browser`. */
const table = rows(section(read('docs/browsers.md'), 'The cookies'))
const ann = { username: 'ann@example.com', password: 'four random common words' }
let service: Service
let answer: Response

beforeAll(async () => {
  service = await sharedService()
  await service.post('/auth/register', ann)
  answer = await service.post('/auth/login', { ...ann, transport: 'cookie' })
})

describe('docs/browsers.md', () => {
  it('names the cookies of a log-in, their attributes and their lifetimes', () => {
    const set = answer.headers.getSetCookie().map((cookie) => {
      const [pair = '', ...attributes] = cookie.split('; ')
      return [pair.split('=')[0], ...attributes.toSorted()]
    })
    const documented = table.map(([name = '', attributes = '', lifetime = '']) => [
      codes(name).join(),
      ...[...codes(attributes), ...codes(lifetime)].toSorted(),
    ])
    expect(set).toEqual(documented)
  })

  it('says what the body holds then', async () => {
    expect(Object.keys((await answer.json()) as object)).toEqual(['access_token', 'token_type', 'expires_in'])
  })
})
