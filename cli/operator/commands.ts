import { FAILURES, type FailureCode } from '../../src/compose/features.ts'
import type { Answer } from '../../src/compose/rpc/answer.ts'
import type { ShownUser } from '../../src/compose/rpc/use-cases.ts'
import { Complaint } from '../complaint.ts'
import { outboxTold } from './outbox-told.ts'
import { type Operator, type Reached, reachOperator } from './reach.ts'
import { HELP, type OutboxRequest, readRequest, type UserRequest } from './request.ts'

type Command = {
  act: (operator: Operator, userId: number, roles: string[]) => Promise<Answer<ShownUser>>
  /** What to say of the user, as they are now. */
  tell: (user: ShownUser) => string[]
}

const COMMANDS: Record<UserRequest['verb'], Command> = {
  show: { act: (operator, userId) => operator.getUser({ userId }), tell: shown },
  disable: {
    act: (operator, userId) => operator.disableUser({ userId }),
    tell: (user) => [`${nameOf(user)} is disabled, and every session has ended.`],
  },
  enable: {
    act: (operator, userId) => operator.enableUser({ userId }),
    tell: (user) => [`${nameOf(user)} may log in again.`],
  },
  roles: {
    act: (operator, userId, roles) => operator.setRoles({ userId, roles }),
    tell: (user) => [`${nameOf(user)} has ${rolesOf(user)}.`],
  },
}

/** What `npm run postern` prints for these words; a `Complaint` says what is wrong with them, or with the service. */
export async function runOperatorCommand(words: string[], root: string, reach = reachOperator): Promise<string[]> {
  const request = words.length === 0 ? undefined : readRequest(words)
  if (request === undefined) return [HELP]
  const { ask, leave } = await reach(root, request.place)
  try {
    return await (request.about === 'outbox' ? runOutboxCommand(ask, request) : runUserCommand(ask, request))
  } finally {
    await leave()
  }
}

async function runUserCommand(ask: Reached['ask'], request: UserRequest): Promise<string[]> {
  const { act, tell } = COMMANDS[request.verb]
  const userId = await idOf(ask, request)
  return tell(granted(await ask((operator) => act(operator, userId, request.roles)), request.named))
}

async function runOutboxCommand(ask: Reached['ask'], { verb, which, all }: OutboxRequest): Promise<string[]> {
  if (verb === 'status') return outboxTold(granted(await ask((operator) => operator.outboxStatus({}))))
  if (verb === 'discard') {
    const { discarded } = granted(await ask((operator) => operator.discardDeadLetter({ ...which, all })))
    return [discarded === 1 ? 'One event is discarded.' : `${discarded} events are discarded.`]
  }
  const { replayed } = granted(await ask((operator) => operator.replayDeadLetter(which)))
  return [replayed === 1 ? 'One event is tried again.' : `${replayed} events are tried again.`]
}

const idOf = async (ask: Reached['ask'], { who, named }: UserRequest): Promise<number> =>
  'userId' in who ? who.userId : granted(await ask((operator) => operator.findUser(who)), named).userId

/** Where a sentence that was written for callers over HTTP would leave the operator alone. */
const SENTENCES: Partial<Record<FailureCode, string>> = {
  revocation_pending: 'The change is made, but the open sessions have not heard of it yet. Run this again.',
  unavailable: 'The service could not do this right now: it cannot reach its database or the sessions. Run this again.',
}

function granted<Value>(answer: Answer<Value>, named = ''): Value {
  if (answer.ok) return answer.value
  if (answer.error === 'user_not_found') throw new Complaint(`There is no user ${JSON.stringify(named)}.`)
  if (answer.fields) throw new Complaint([...new Set(answer.fields.map(({ message }) => message))].join(' '))
  throw new Complaint(SENTENCES[answer.error] ?? FAILURES[answer.error]?.detail ?? answer.error)
}

const nameOf = ({ userId, username }: ShownUser) => `User ${userId} (${username})`
const rolesOf = ({ roles }: ShownUser) =>
  roles.length === 0 ? 'no role' : `the role${roles.length > 1 ? 's' : ''} ${roles.join(', ')}`

function shown(user: ShownUser): string[] {
  const rows = {
    user: String(user.userId),
    username: user.username,
    'e-mail': `${user.email} (${user.emailVerified ? 'verified' : 'not verified'})`,
    name: user.fullName ?? '-',
    status: user.status,
    roles: user.roles.join(', ') || '-',
    since: user.createdAt,
  }
  return Object.entries(rows).map(([what, value]) => `${what.padEnd(10)}${value}`)
}
