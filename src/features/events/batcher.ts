type Batch<Item, Result> = { items: Item[]; result: Promise<Result>; run: () => void }

/**
 * Workers hand in items at their own pace, and `step` costs the same for one item as for many. Runs `step` once every active worker
 * waits or has finished, or after `waitsMs`: a worker that hangs holds up no other.
 */
export function batcher<Item, Result>(step: (items: Item[]) => Promise<Result>, waitsMs: number) {
  let active = 0
  let open: Batch<Item, Result> | null = null

  function newBatch(): Batch<Item, Result> {
    const { promise: result, resolve } = Promise.withResolvers<Result>()
    const items: Item[] = []
    const run = () => {
      clearTimeout(timer)
      open = null
      resolve(step(items).finally(() => start(items.length)))
    }
    const timer = setTimeout(run, waitsMs)
    return { items, result, run }
  }
  const start = (workers = 1) => {
    active += workers
  }
  const stop = () => {
    active -= 1
    if (active === 0) open?.run()
  }
  return {
    start,
    submit(item: Item): Promise<Result> {
      open ??= newBatch()
      const { result } = open
      open.items.push(item)
      stop()
      return result
    },
    stop,
  }
}
