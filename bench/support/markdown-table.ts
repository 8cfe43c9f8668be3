/** The rows, the first of which names the columns. */
export const markdownTable = ([columns = [], ...rows]: string[][]): string =>
  [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
