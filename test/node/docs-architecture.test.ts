import { expect, it } from 'vitest'
import { books, read } from '../support/markdown.ts'

it('the picture of the architecture is shown once, can be read aloud, and knows light and dark', () => {
  const shown = books().flatMap(({ path, text }) =>
    /!\[[^\]]{40,}\]\([^)]*architecture\.svg\)/.test(text) ? [path] : [],
  )
  expect(shown).toEqual(['README.md'])
  const picture = read('docs/architecture.svg')
  expect(picture).toMatch(/<title[^>]*>[^<]+<\/title>/)
  expect(picture).toMatch(/<desc[^>]*>[^<]{100,}<\/desc>/)
  expect(picture.match(/<text/g)?.length).toBeGreaterThan(20)
  expect(picture).toContain('@media (prefers-color-scheme: dark)')
  // Code hosts show it as an image, in which nothing else is loaded or run.
  expect(picture).not.toMatch(/<script|<image|<foreignObject|@import|href=/)
})
