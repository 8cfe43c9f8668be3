import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anchors, books, emptyHeadings, links, ROOT, read } from '../support/markdown.ts'

/** Where the books may send their readers: nowhere that only one machine or one company knows. */
const HOSTS = [
  /^localhost$/,
  /^127\.0\.0\.1$/,
  /^(.+\.)?example\.(com|org)$/,
  /^developers\.cloudflare\.com$/,
  /^neon\.com$/,
  /^api\.resend\.com$/,
  /^www\.rfc-editor\.org$/,
]

const pages = books()
const everywhere = pages.flatMap(({ path, text }) => links(text).map(({ target }) => ({ path, target })))

describe('every book', () => {
  it('is read here', () => {
    expect(pages.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['README.md', 'CONTRIBUTING.md', 'docs/settings.md', 'docs/security.md']),
    )
  })

  it('links to what is there, down to the heading', () => {
    const broken = everywhere
      .filter(({ target }) => !/^[a-z]+:/.test(target))
      .filter(({ path, target }) => {
        const [file = '', anchor] = target.split('#')
        const place = file === '' ? path : normalize(join(dirname(path), file))
        if (place.startsWith('..') || !existsSync(join(ROOT, place))) return true
        return anchor !== undefined && !anchors(read(place)).includes(anchor)
      })
    expect(broken).toEqual([])
  })

  it('has something under every heading', () => {
    expect(pages.flatMap(({ path, text }) => emptyHeadings(text).map((heading) => `${path}: ${heading}`))).toEqual([])
    expect(emptyHeadings('# A\n\n## B\n\n```sh\n# no heading\n```\n\n## C\n\n## D\n')).toEqual(['## C', '## D'])
  })

  it('names no host that is not everybody’s', () => {
    const named = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:https?|wss?|git|ssh):\/\/(?:[^\s/@]*@)?([^\s/:)>\]"'`]+)/g)].map(([, host = '']) => ({
        path,
        host,
      })),
    )
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter(({ host }) => !HOSTS.some((known) => known.test(host)))).toEqual([])
  })

  it('names no place on anybody’s machine', () => {
    const place = /(?<![\w.])\/(?:work|home|root|Users|tmp|var|opt|mnt)\/|\b[A-Z]:\\/
    const placed = pages.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (place.test(line) || line.includes(ROOT) ? [`${path}:${at + 1}`] : [])),
    )
    expect(placed).toEqual([])
  })
})
