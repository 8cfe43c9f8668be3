const reportedFields = [
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const

export type SqlReport = { message: string } & { [K in (typeof reportedFields)[number]]?: string }

/** The database's own complaint, told apart from a database that cannot be reached. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly report: SqlReport

  constructor(report: SqlReport) {
    super(report.message)
    this.report = { severity: 'ERROR', ...report }
  }
}

export function reportOf(error: { message: string }): SqlReport {
  const known = reportedFields.map((field) => [field, (error as Record<string, unknown>)[field]] as const)
  const given = known.filter(
    (entry): entry is [(typeof reportedFields)[number], string] => typeof entry[1] === 'string',
  )
  return { ...Object.fromEntries(given), message: error.message }
}
