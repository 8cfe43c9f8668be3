import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseAst } from 'vitest/node'
import { ROOT, read } from './markdown.ts'

/** What the tests are called, read from their source, since running them all to ask would take minutes. */

const CALLED = new Set(['describe', 'it', 'test'])
const NEVER_RUN = new Set(['skip', 'todo'])

type Node = { type: string; [property: string]: unknown }

export function testFiles(): string[] {
  const names = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => relative(ROOT, join(ROOT, 'test', name)))
    .sort()
}

/** The full titles of a file's tests, each behind those of the groups around it; a table gives one for each of its rows. */
export const titlesOf = (path: string): string[] => titlesIn(read(path))

export function titlesIn(source: string): string[] {
  return collect(parseAst(source, { lang: 'ts' }), [''])
}

function collect(value: unknown, around: string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => collect(each, around))
  if (!isNode(value)) return []
  const call = value.type === 'CallExpression' ? testCall(value) : null
  if (call?.kind === 'never') return []
  if (!call) return Object.values(value).flatMap((each) => collect(each, around))
  const full = around.flatMap((outer) => call.titles.map((title) => `${outer} ${title}`.trim()))
  return call.kind === 'describe' ? collect(value.arguments, full) : full
}

function testCall(call: Node): { kind: string; titles: string[] } | null {
  const [name] = call.arguments as Node[]
  const title = name ? textOf(name) : null
  const { root, properties, table } = rootOf(call.callee as Node)
  if (title === null || !CALLED.has(root)) return null
  if (properties.some((property) => NEVER_RUN.has(property))) return { kind: 'never', titles: [] }
  const first = table && title.includes('%') ? firstCells(table) : []
  return { kind: root, titles: first.length > 0 ? first.map((cell) => title.replace(/%[a-z]/, () => cell)) : [title] }
}

/** `it.each(table)` and the like: what it begins with, what is asked of it, and the table. */
function rootOf(callee: Node): { root: string; properties: string[]; table: Node | null } {
  if (callee.type === 'Identifier') return { root: String(callee.name), properties: [], table: null }
  if (callee.type === 'MemberExpression') {
    const inner = rootOf(callee.object as Node)
    return { ...inner, properties: [...inner.properties, String((callee.property as Node).name)] }
  }
  if (callee.type === 'CallExpression') {
    const inner = rootOf(callee.callee as Node)
    const [table = null] = callee.arguments as Node[]
    return { ...inner, table: inner.properties.at(-1) === 'each' ? table : inner.table }
  }
  return { root: '', properties: [], table: null }
}

function firstCells(table: Node): string[] {
  const array = table.type === 'TSAsExpression' ? (table.expression as Node) : table
  if (array.type !== 'ArrayExpression') return []
  return (array.elements as Node[])
    .map((row) => (row.type === 'ArrayExpression' ? (row.elements as Node[])[0] : row))
    .flatMap((cell) => (cell ? (textOf(cell) ?? []) : []))
}

function textOf(node: Node): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null
  if (node.type !== 'TemplateLiteral') return null
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value
