/** Works on `concurrency` items at a time. A failure does not stop the others; the first is thrown at the end. */
export async function forEachConcurrently<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = []
  const waiting = items.values()
  const lane = async () => {
    for (const item of waiting) await work(item).catch((error: unknown) => failures.push(error))
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane))
  if (failures.length > 0) throw failures[0]
}
