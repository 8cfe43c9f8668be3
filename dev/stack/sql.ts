import { createHash, timingSafeEqual } from 'node:crypto'
import { type BatchOptions, type Database, isolationLevels, type Query, type Result, type Text } from './engine.ts'
import { answerJson, type Handler, type Reply, type Request } from './http.ts'
import { SqlError } from './sql-error.ts'

type Incoming = { query: Query; asArray: boolean }

/** `POST /sql`: the protocol that the Neon serverless driver speaks over HTTP. */
export function sqlEndpoint(database: Database, password: string): Handler {
  return async (request) => {
    if (!samePassword(passwordIn(request.header('neon-connection-string')), password))
      return answerJson(401, { message: 'password authentication failed', code: '28P01' })
    if (request.header('neon-raw-text-output') !== 'true')
      return answerJson(400, { message: 'Only raw text is spoken here: send "Neon-Raw-Text-Output: true".' })
    try {
      return await answer(database, request)
    } catch (error) {
      if (error instanceof SqlError) return answerJson(400, error.report)
      return answerJson(503, { message: `The database cannot be reached: ${(error as Error).message}` })
    }
  }
}

async function answer(database: Database, request: Request): Promise<Reply> {
  const arrayMode = request.header('neon-array-mode') === 'true'
  const body = request.json
  if (!isRecord(body)) return malformed('a query must be an object')
  if ('queries' in body) {
    if (!Array.isArray(body.queries)) return malformed('"queries" must be an array')
    const incoming = body.queries.map((each) => incomingQuery(each, arrayMode))
    const options = batchOptions(request)
    if (options === undefined) return malformed('a batch header has an unknown value')
    if (!incoming.every((each) => each !== undefined))
      return malformed('each query needs a text, and parameters of well-formed Unicode')
    const results = await database.batch(
      incoming.map((each) => each.query),
      options,
    )
    return answerJson(200, {
      results: results.map((result, index) => render(result, incoming[index]?.asArray === true)),
    })
  }
  const single = incomingQuery(body, arrayMode)
  if (single === undefined) return malformed('a query needs a text, and parameters of well-formed Unicode')
  return answerJson(200, render(await database.query(single.query), single.asArray))
}

function malformed(why: string): Reply {
  return answerJson(400, { message: `The request is malformed: ${why}.` })
}

function incomingQuery(value: unknown, arrayMode: boolean): Incoming | undefined {
  if (!isRecord(value) || typeof value.query !== 'string') return undefined
  const params = value.params ?? []
  if (!Array.isArray(params)) return undefined
  // Neon's own endpoint reads JSON more strictly than `JSON.parse`: half a surrogate pair is no text to it.
  if (params.some((param) => typeof param === 'string' && !param.isWellFormed())) return undefined
  const asArray = typeof value.arrayMode === 'boolean' ? value.arrayMode : arrayMode
  return { query: { text: value.query, values: params.map(asText) }, asArray }
}

// The driver sends text; other clients may send what JSON can say.
function asText(value: unknown): Text {
  if (value === null || value === undefined) return null
  if (Array.isArray(value)) return `{${value.map(asArrayElement).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function asArrayElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value)) return String(asText(value))
  return `"${String(asText(value)).replace(/[\\"]/g, '\\$&')}"`
}

function batchOptions(request: Request): BatchOptions | undefined {
  const isolation = request.header('neon-batch-isolation-level')
  const readOnly = asBoolean(request.header('neon-batch-read-only'))
  const deferrable = asBoolean(request.header('neon-batch-deferrable'))
  if (readOnly === 'unknown' || deferrable === 'unknown') return undefined
  if (isolation !== undefined && !isLevel(isolation)) return undefined
  return { isolation, readOnly, deferrable }
}

function asBoolean(value: string | undefined): boolean | undefined | 'unknown' {
  if (value === undefined) return undefined
  return value === 'true' ? true : value === 'false' ? false : 'unknown'
}

function isLevel(value: string): value is keyof typeof isolationLevels {
  return Object.hasOwn(isolationLevels, value)
}

function render({ command, rowCount, fields, rows }: Result, rowAsArray: boolean) {
  const named = (row: Text[]) => Object.fromEntries(fields.map((field, index) => [field.name, row[index] ?? null]))
  return { command, rowCount, rowAsArray, fields, rows: rowAsArray ? rows : rows.map(named) }
}

function passwordIn(connectionString: string | undefined): string {
  try {
    const rest = (connectionString ?? '').replace(/^postgres(ql)?:/, 'http:')
    return decodeURIComponent(new URL(rest).password)
  } catch {
    return ''
  }
}

function samePassword(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
