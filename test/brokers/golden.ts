import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type Fields = Record<string, unknown>

type Golden = {
  kafka: { key: string; value: Fields }
  rabbitmq: { routingKey: string; message: Fields }
}

const FOLDER = join(import.meta.dirname, '../golden/events')

export const goldenOf = (type: string): Golden => JSON.parse(readFileSync(join(FOLDER, `${type}.json`), 'utf8'))

/** The names in their order, and of each the kind of its value. Where one of the two is null, nobody can compare. */
export function shapeOf(fields: Fields, other: Fields): string[] {
  return Object.entries(fields).map(([name, value]) => {
    const unknown = value === null || other[name] === null
    return `${name}: ${unknown ? 'null or something' : kindOf(value)}`
  })
}

const kindOf = (value: unknown) => (Array.isArray(value) ? 'list' : typeof value)
