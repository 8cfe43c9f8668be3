/** What a job of `npm test` tells while it runs. */
export type Told =
  | { postern: 'begun'; files: number }
  | { postern: 'file'; name: string; passed: number; failed: number; skipped: number }

/** As much of vitest's `TestModule` as is read here. */
type Module = {
  relativeModuleId: string
  errors(): unknown[]
  children: { allTests(): Iterable<{ result(): { state: string } }> }
}

/** A reporter of vitest: tells the process that started it about each file that has ended. */
export default class Progress {
  onTestRunStart(files: readonly unknown[]): void {
    tell({ postern: 'begun', files: files.length })
  }

  onTestModuleEnd(module: Module): void {
    const states = [...module.children.allTests()].map((test) => test.result().state)
    const count = (state: string) => states.filter((found) => found === state).length
    const [passed, failed] = [count('passed'), count('failed')]
    // A file that cannot be loaded has no tests, and has failed all the same.
    const broken = failed === 0 && module.errors().length > 0 ? 1 : 0
    const counts = { passed, failed: failed + broken, skipped: states.length - passed - failed }
    tell({ postern: 'file', name: module.relativeModuleId, ...counts })
  }
}

function tell(told: Told): void {
  process.send?.(told)
}
