/** The known name that was probably meant; undefined where none is near. */
export function nearest(name: string, known: string[]): string | undefined {
  const distances = known.map((candidate) => ({ candidate, distance: distance(name.toUpperCase(), candidate) }))
  const [first] = distances.sort((a, b) => a.distance - b.distance)
  return first && first.distance <= Math.max(1, Math.floor(name.length / 4)) ? first.candidate : undefined
}

/** How many letters must be put in, left out, replaced or swapped with the next one (optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, last] = [[] as number[], Array.from({ length: b.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      next[column] = Math.min(
        at(last, column) + 1,
        at(next, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(before, column - 2) + 1 : Number.POSITIVE_INFINITY,
      )
    }
    before = last
    last = next
  }
  return at(last, b.length)
}

const at = (row: number[], column: number) => row[column] ?? Number.POSITIVE_INFINITY
