import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The repository's Markdown, as far as the tests of the books need to understand it. */
export const ROOT = join(import.meta.dirname, '../..')

export type Book = { path: string; text: string }
export type Fence = { language: string; body: string }
export type Link = { text: string; target: string }

const NOT_OURS = new Set(['node_modules', 'dist', 'logs', 'coverage'])

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

export const book = (path: string): Book => ({ path, text: read(path) })

/** Every Markdown file of the project; hidden folders hold what tools keep. */
export function books(): Book[] {
  return walk(ROOT)
    .filter((path) => path.endsWith('.md'))
    .map((path) => book(relative(ROOT, path)))
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || NOT_OURS.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? walk(path) : [path]
  })
}

export function fences(text: string): Fence[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', body = '']) => ({ language, body }))
}

/** Prose alone: an example in code is not a link. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '')

export function links(text: string): Link[] {
  return [...prose(text).matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, shown = '', target = '']) => ({
    text: shown,
    target,
  }))
}

/** The names by which headings can be linked to, made as code hosts make them. */
export function anchors(text: string): string[] {
  const headings = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#{1,6} (.+)$/gm)]
  return headings.map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
}

/** What stands under a heading, up to the next one of the same or a higher rank. */
export function section(text: string, heading: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '').trim() === heading)
  if (start < 0) throw new Error(`There is no heading "${heading}".`)
  const rank = lines[start]?.indexOf(' ') ?? 1
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${rank}} `).test(line))
  const body = lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n')
  if (body.trim() === '') throw new Error(`There is nothing under the heading "${heading}".`)
  return body
}

/** Headings with nothing under them: neither text nor, one rank below, a heading that has some. */
export function emptyHeadings(text: string): string[] {
  const lines = text.replace(/^```[\s\S]*?^```$/gm, 'code').split('\n')
  const parts = lines.filter((line) => line.trim() !== '')
  const rankOf = (line = '') => /^(#{1,6}) /.exec(line)?.[1]?.length ?? Number.POSITIVE_INFINITY
  return parts.filter((line, at) => Number.isFinite(rankOf(line)) && rankOf(parts[at + 1] ?? '# ') <= rankOf(line))
}

/** The rows of all tables, without those that name and rule the columns. A bar in a cell is written `\|`. */
export function rows(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'))
  const cells = lines.map((line) =>
    line
      .trim()
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  )
  const isRule = (row: string[] | undefined) => row?.every((cell) => /^:?-+:?$/.test(cell)) ?? false
  return cells.filter((row, at) => !isRule(row) && !isRule(cells[at + 1]))
}

export const codes = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
