import { type BatchOptions, isolationLevels, type Query, type Result } from './engine.ts'
import { SqlError } from './sql-error.ts'

/** One connection, however it is made: what differs between the engines. */
export type Session = {
  run(query: Query): Promise<Result>
  state(): 'idle' | 'in a transaction' | 'lost'
}

// What these do ends with them; anything else may leave a setting or a temporary table behind.
const leavesNoTrace = new Set(['', 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'BEGIN', 'COMMIT', 'ROLLBACK'])

/** Over HTTP every request is a session of its own, so whatever it left open or changed ends with it. */
export async function runAlone(session: Session, query: Query): Promise<Result> {
  let command: string | undefined
  try {
    const result = await session.run(refuseCopy(query))
    command = result.command
    return result
  } finally {
    await leaveClean(session, [command ?? ''])
  }
}

export async function runBatch(session: Session, queries: readonly Query[], options: BatchOptions): Promise<Result[]> {
  const results: Result[] = []
  try {
    await session.run({ text: beginStatement(options) })
    for (const query of queries) results.push(await session.run(refuseCopy(query)))
    const end = await session.run({ text: 'COMMIT' })
    if (end.command === 'ROLLBACK') throw new SqlError({ message: 'the transaction was rolled back', code: '40000' })
    return results
  } finally {
    await leaveClean(
      session,
      results.map((result) => result.command),
    )
  }
}

function beginStatement({ isolation, readOnly, deferrable }: BatchOptions): string {
  const modes = [
    isolation && `ISOLATION LEVEL ${isolationLevels[isolation]}`,
    readOnly !== undefined && (readOnly ? 'READ ONLY' : 'READ WRITE'),
    deferrable !== undefined && (deferrable ? 'DEFERRABLE' : 'NOT DEFERRABLE'),
  ]
  return ['BEGIN', modes.filter(Boolean).join(', ')].join(' ')
}

async function leaveClean(session: Session, commands: readonly string[]): Promise<void> {
  if (session.state() === 'lost') return
  if (session.state() === 'in a transaction') await session.run({ text: 'ROLLBACK' })
  if (commands.some((command) => !leavesNoTrace.has(command))) await session.run({ text: 'DISCARD ALL' })
}

// COPY needs a stream that HTTP has not; the embedded engine would wait for it for ever.
function refuseCopy(query: Query): Query {
  if (!/^(\s|--.*\n|\/\*[\s\S]*?\*\/)*copy\b/i.test(query.text)) return query
  throw new SqlError({ message: 'COPY is not supported over HTTP', code: '0A000' })
}
