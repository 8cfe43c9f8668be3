/**
 * One trivial question to each thing that this service cannot do without, by the name that an operator knows. Whatever answers
 * may name what an operator should look at.
 */
export type Probes = Record<string, () => Promise<readonly string[]>>

export type Readiness = { ready: boolean; down: string[]; warnings: string[] }

const PATIENCE_MS = 3_000
const REMEMBERED_MS = 5_000

export async function ask(probes: Probes): Promise<Readiness> {
  const names = Object.keys(probes)
  const answers = await Promise.allSettled(names.map((name) => withPatience(probes[name])))
  const down = names.filter((_, at) => answers[at]?.status === 'rejected')
  const warnings = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  return { ready: down.length === 0, down, warnings }
}

async function withPatience(probe: Probes[string] = async () => []) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS)
  })
  try {
    return await Promise.race([probe(), late])
  } finally {
    clearTimeout(timer)
  }
}

type Memory = { asked: Promise<Readiness>; since: number }

/**
 * Remembers an answer for five seconds and lets one round of questions run at a time, so that a crowd of load balancers costs
 * what one of them does. `later` keeps the round alive when the request that began it goes away.
 */
export function rememberingReadiness() {
  let memory: Memory | null = null
  return (probes: Probes, now: number, later: (work: Promise<unknown>) => void): Promise<Readiness> => {
    if (memory && now >= memory.since && now < memory.since + REMEMBERED_MS) return memory.asked
    const asked = ask(probes)
    memory = { asked, since: now }
    later(asked)
    return asked
  }
}

declare module '../../kernel/deps.ts' {
  interface Deps {
    probes: Probes
  }
}
