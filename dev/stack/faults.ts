/**
 * What can go wrong on the way to another service:
 * `refuse` closes the connection unread, `hang` never answers, `error` answers 500,
 * `lose` does the work and then closes the connection, so that the caller never learns of it.
 */
export type Fault = 'refuse' | 'hang' | 'error' | 'lose'

export type Endpoint = 'sql' | 'emails' | 'produce'

/** Held by the process that started the stack; nothing of it can be reached over HTTP. */
export type Faults = {
  /** How often each endpoint was asked, the failed ones included. */
  readonly count: Readonly<Record<Endpoint, number>>
  /** A fault for every request from now on, or a function that decides for each. */
  set(endpoint: Endpoint, fault: Fault | (() => Fault | undefined)): void
  /** Heals one endpoint, or all. */
  heal(endpoint?: Endpoint): void
}

export type FaultSource = Faults & { next(endpoint: Endpoint): Fault | undefined }

export function noFaults(): FaultSource {
  const count: Record<Endpoint, number> = { sql: 0, emails: 0, produce: 0 }
  const faults = new Map<Endpoint, () => Fault | undefined>()
  return {
    count,
    set: (endpoint, fault) => faults.set(endpoint, typeof fault === 'function' ? fault : () => fault),
    heal: (endpoint) => (endpoint === undefined ? faults.clear() : faults.delete(endpoint)),
    next: (endpoint) => {
      count[endpoint] += 1
      return faults.get(endpoint)?.()
    },
  }
}
