import { Complaint } from '../../cli/complaint.ts'

/** What was started last ends first: the Worker before the stack, the stack before the database. */
export class EndingOrder {
  readonly #steps: (() => Promise<unknown>)[] = []
  hasBegun = false

  /** Works also while everything ends: what was being started is then the next to end. */
  add(step: () => Promise<unknown>): void {
    this.#steps.push(step)
  }

  /** Ends the process: by itself with 0, and with 1 and the reason where something went wrong. */
  end(reason?: unknown): void {
    if (this.hasBegun) return
    this.hasBegun = true
    if (reason !== undefined) console.error(reason instanceof Complaint ? reason.message : reason)
    void this.#takeAll().then(() => {
      if (reason === undefined) console.log('Stopped.')
      process.exit(reason === undefined ? 0 : 1)
    })
  }

  async #takeAll(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step().catch(console.error)
  }
}
