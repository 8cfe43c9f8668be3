/** US dollars, as Cloudflare and Neon list them in November 2026, beyond what a plan includes. */
export const PRICES = {
  /** Per million. */
  request: 0.3,
  cpuMs: 0.02,
  objectCall: 0.15,
  rowWritten: 1,
  rowRead: 0.001,
  kvRead: 0.5,
  kvWrite: 5,
  /** Per million gigabyte-seconds that objects are at work. */
  objectGBs: 12.5,
  /** Per hour. */
  neonComputeUnit: 0.106,
}

/** Measured or taken, and not counted as the rest is. */
export const TAKEN = {
  /** One hash of full cost. */
  hashMs: 110,
  /** Beside its hash, everything in the Worker and its objects: bench/RESULTS.md has what was measured. */
  logInMs: 3,
  otherMs: 0.5,
  /** Of an object with its 128 MB, for one call. */
  objectMs: 10,
  rowsReadByCall: 10,
  /** What one compute unit of Neon answers in a second without becoming slow, a quarter of it at the least. */
  statementsPerUnit: 1_000,
  smallestUnit: 0.25,
  /** The busiest hour, to the mean. */
  peak: 3,
}
