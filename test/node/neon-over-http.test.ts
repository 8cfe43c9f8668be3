import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import * as whole from '@neondatabase/serverless'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { overHttp } from '../../build/neon-over-http.ts'

const DRIVER = readFileSync(join(import.meta.dirname, '../../node_modules/@neondatabase/serverless/index.mjs'), 'utf8')

type Driver = Pick<typeof whole, 'neon' | 'neonConfig' | 'NeonDbError'>
const half: Driver = await import(`data:text/javascript,${encodeURIComponent(overHttp(DRIVER))}`)

/** One value of each type that Postgres answers us with, as the HTTP API writes it, and some that we never ask for. */
const VALUES = {
  16: 't',
  17: '\\x6869',
  20: '9007199254740993',
  23: '7',
  25: 'Ann',
  114: '{"a":[1]}',
  1007: '{1,2}',
  1009: '{a,NULL,"b c"}',
  1184: '2026-11-28 10:00:00.123+00',
  3802: '{"b":null}',
}
const ANSWER = {
  fields: Object.keys(VALUES).map((type) => ({ name: `of ${type}`, dataTypeID: Number(type) })),
  rows: [Object.values(VALUES), Object.values(VALUES).map(() => null)],
  rowCount: 2,
  command: 'SELECT',
}
const REFUSAL = { message: 'duplicate key', code: '23505', constraint: 'identifiers_pkey', severity: 'ERROR' }

describe('the half of the Neon driver that is built in', () => {
  const asked: unknown[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      const { host: _, connection: __, ...headers } = request.headers
      asked.push({ body, headers })
      const refuses = body.includes('refuse')
      response.writeHead(refuses ? 400 : 200)
      response.end(JSON.stringify(refuses ? REFUSAL : body.includes('queries') ? { results: [ANSWER] } : ANSWER))
    })
  })
  beforeAll(() => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)))
  afterAll(() => server.close())

  const outcome = async (
    { neon, neonConfig }: Driver,
    ask: (sql: ReturnType<typeof whole.neon>) => Promise<unknown>,
  ) => {
    neonConfig.fetchFunction = fetch
    neonConfig.fetchEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sql`
    const answered = await ask(neon('postgres://ann:secret@db.example.com/main')).catch((error) => ({
      ...error,
      message: error.message,
    }))
    return { asked: asked.splice(0), answered: JSON.stringify(answered) }
  }

  it.each<[string, (sql: ReturnType<typeof whole.neon>) => Promise<unknown>]>([
    [
      'a query',
      (sql) =>
        sql.query('select $1', [new Date(0), null, { a: [1] }, ['x', 'y'], true, 7n], {
          fullResults: true,
          arrayMode: true,
        }),
    ],
    ['a batch', (sql) => sql.transaction([sql.query('select 1')], { fullResults: true })],
    ['a refusal', (sql) => sql.query('refuse')],
  ])('asks and answers as the whole one: %s', async (_, ask) => {
    const expected = await outcome(whole, ask)
    expect(expected.asked).toHaveLength(1)
    expect(await outcome(half, ask)).toEqual(expected)
  })

  it('has no client of WebSockets, and a driver of another form is refused by the build', () => {
    expect(Object.keys(half).toSorted()).toEqual(['NeonDbError', 'neon', 'neonConfig'])
    expect(() => overHttp(DRIVER.replace('as neonConfig', 'as settings'))).toThrow('another form')
    expect(() => overHttp(DRIVER.replace('export_types', 'export_parsers'))).toThrow('another form')
  })
})
