/** One measured figure. `atMost` or `atLeast` is its budget; `aim`, where it stands, is where it has yet to come. */
export type Figure = { what: string; measured: number; unit: string; aim?: number; note?: string } & (
  | { atMost: number }
  | { atLeast: number }
)

export const isWithin = (figure: Figure): boolean =>
  'atMost' in figure ? figure.measured <= figure.atMost : figure.measured >= figure.atLeast

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle) - 1] ?? Number.NaN)) / 2
}

export function figureRow(figure: Figure): string[] {
  const budget = 'atMost' in figure ? `≤ ${figure.atMost}` : `≥ ${figure.atLeast}`
  const measured = `${figure.measured.toFixed(figure.unit === '×' ? 3 : 1)} ${figure.unit}`
  const aim = figure.aim === undefined ? '' : `aim ${figure.aim}`
  return [figure.what, `${budget} ${figure.unit}`, aim, measured, isWithin(figure) ? 'ok' : 'OVER', figure.note ?? '']
}

/** Prints the table; whoever is over budget ends the process with 1. */
export function report(figures: readonly Figure[]): void {
  console.log(table([['figure', 'budget', '', 'measured', '', ''], ...figures.map(figureRow)]))
  if (!figures.every(isWithin)) process.exitCode = 1
}

/** The rows, the first of which names the columns, one below another. */
export function table(rows: readonly string[][]): string {
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? []
  const line = (row: string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}
