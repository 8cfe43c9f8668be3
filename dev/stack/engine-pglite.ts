import { mkdir } from 'node:fs/promises'
import { PGlite, protocol } from '@electric-sql/pglite'
import { lockDirectory } from '../../cli/database/lock.ts'
import { emptyCluster } from './empty-cluster.ts'
import type { Engine, Query, Result, Text } from './engine.ts'
import { runAlone, runBatch, type Session } from './session.ts'
import { reportOf, SqlError } from './sql-error.ts'

type Message = Awaited<ReturnType<PGlite['execProtocolStream']>>[number]

/** PostgreSQL compiled to WebAssembly: in memory, or kept in a directory that one process at a time may open. */
export async function openPglite(directory?: string): Promise<Engine> {
  if (directory !== undefined) await mkdir(directory, { recursive: true })
  const release = directory === undefined ? undefined : await lockDirectory(directory)
  const pglite = await PGlite.create(
    directory === undefined ? { loadDataDir: await emptyCluster() } : { dataDir: directory },
  )
  const session = sessionOf(pglite)
  const inTurn = queue()
  return {
    kind: 'pglite',
    query: (query) => inTurn(() => runAlone(session, query)),
    batch: (queries, options = {}) => inTurn(() => runBatch(session, queries, options)),
    close: () =>
      inTurn(async () => {
        if (!pglite.closed) await pglite.close()
        await release?.()
      }),
  }
}

/** Spoken to in the wire protocol itself: it is text both ways, while PGlite's own `query` converts each value. */
function sessionOf(pglite: PGlite): Session {
  let status = 'I'
  return {
    state: () => (status === 'I' ? 'idle' : 'in a transaction'),
    run: async (query) => {
      const messages = await pglite.execProtocolStream(extendedQuery(query), { syncToFs: false, throwOnError: false })
      await pglite.syncToFs()
      for (const message of messages) if ('status' in message) status = String(message.status)
      return resultOf(messages)
    },
  }
}

function extendedQuery({ text, values = [] }: Query): Uint8Array {
  const { parse, bind, describe, execute, sync } = protocol.serialize
  return Buffer.concat([parse({ text }), bind({ values: [...values] }), describe({ type: 'P' }), execute(), sync()])
}

function resultOf(messages: readonly Message[]): Result {
  const result: Result = { command: '', rowCount: null, fields: [], rows: [] }
  for (const message of messages) {
    if (message instanceof protocol.messages.DatabaseError) throw new SqlError(reportOf(message))
    if (message instanceof protocol.messages.RowDescriptionMessage)
      result.fields = message.fields.map((field) => ({ ...field, format: 'text' }))
    if (message instanceof protocol.messages.DataRowMessage) result.rows.push(message.fields as Text[])
    if (message instanceof protocol.messages.CommandCompleteMessage) Object.assign(result, commandTag(message.text))
  }
  return result
}

function commandTag(tag: string): Pick<Result, 'command' | 'rowCount'> {
  const words = tag.split(' ')
  const count = words.length > 1 ? Number(words.at(-1)) : Number.NaN
  return { command: words[0] ?? '', rowCount: Number.isNaN(count) ? null : count }
}

function queue() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }
}
