import { parseArgs } from 'node:util'
import { Complaint } from '../complaint.ts'

export const HELP = `npm run postern -- user|outbox <command> [options]

  user show <user>              who this is, with status and roles
  user disable <user>           ends every session at once, and lets nobody in any more
  user enable <user>            lets the user log in again
  user roles <user> <role…>     gives the user these roles and no others, at once, in open sessions too
  user roles <user> --none      takes away every role

  outbox status                 what waits for each sink, and which events were given up
  outbox replay                 tries what was given up again; --sink <name> and --event <id> choose
  outbox discard                forgets what was given up: --sink <name>, --event <id>, or --all of it

  --production                  the deployed Worker instead of the one that \`npm run dev\` has started, with the
                                Cloudflare account that wrangler is logged in to
  --env <name>                  the same for an environment of wrangler.toml

A user is a user id, an e-mail address or a username. Digits alone are an id: give the e-mail address of
somebody whose username is a number.`

const options = {
  none: { type: 'boolean', default: false },
  sink: { type: 'string' },
  event: { type: 'string' },
  all: { type: 'boolean', default: false },
  production: { type: 'boolean', default: false },
  env: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const VERBS = ['show', 'disable', 'enable', 'roles'] as const
const OUTBOX_VERBS = ['status', 'replay', 'discard'] as const

export type Who = { userId: number } | { identifier: string }
export type OutboxRequest = {
  about: 'outbox'
  verb: (typeof OUTBOX_VERBS)[number]
  which: { sink?: string; eventId?: string }
  all: boolean
  place: Place
}
export type UserRequest = {
  about: 'user'
  verb: (typeof VERBS)[number]
  named: string
  who: Who
  roles: string[]
  place: Place
}
/** The service that runs here, or a deployed one: the top-level Worker of wrangler.toml, or one of its environments. */
export type Place = { deployed: false } | { deployed: true; environment: string }

/** Undefined: the user asks for the list of commands. */
export function readRequest(args: string[]): UserRequest | OutboxRequest | undefined {
  const { values, positionals } = parse(args)
  const [subject, word, ...rest] = positionals
  if (values.help) return undefined
  if (subject === 'user') return userRequest(word, rest, values)
  if (subject === 'outbox' && rest.length === 0) return outboxRequest(word, values)
  throw new Complaint(HELP)
}

type Values = ReturnType<typeof parse>['values']

function userRequest(word: string | undefined, [named, ...roles]: string[], values: Values): UserRequest {
  const verb = VERBS.find((known) => known === word)
  if (verb === undefined) throw new Complaint(HELP)
  if (named === undefined) throw new Complaint('Say which user: by id, e-mail address or username.')
  requireRoles(verb, roles, values.none)
  if (values.all) throw new Complaint('--all is one word too many.')
  return { about: 'user', verb, named, who: whoIs(named), roles, place: placeOf(values) }
}

function outboxRequest(word: string | undefined, values: Values): OutboxRequest {
  const verb = OUTBOX_VERBS.find((known) => known === word)
  if (verb === undefined) throw new Complaint(HELP)
  const { sink, event, all } = values
  const which = { ...(sink !== undefined && { sink }), ...(event !== undefined && { eventId: event }) }
  const chosen = Object.keys(which).length > 0
  if (verb === 'status' && chosen)
    throw new Complaint('--sink and --event choose for `outbox replay` and `outbox discard`.')
  if (verb === 'discard') requireChoice(chosen, all)
  else if (all) throw new Complaint('--all is one word too many.')
  return { about: 'outbox', verb, which, all, place: placeOf(values) }
}

/** Discarding loses data, so a forgotten word must not mean all dead letters. */
function requireChoice(chosen: boolean, all: boolean): void {
  if (!chosen && !all) throw new Complaint('Say what to discard: --event <id>, --sink <name>, or --all.')
  if (chosen && all) throw new Complaint('Say --all, or choose with --event and --sink.')
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw new Complaint(error instanceof Error ? error.message : 'These arguments make no sense.')
  }
}

/** A word that was forgotten must not take away every role. */
function requireRoles(verb: UserRequest['verb'], roles: string[], none: boolean): void {
  if (verb === 'roles') {
    if (none === roles.length > 0) throw new Complaint('Say which roles the user is to have, or --none for no role.')
    return
  }
  const [tooMany] = none ? ['--none'] : roles
  if (tooMany !== undefined) throw new Complaint(`${tooMany} is one word too many.`)
}

const whoIs = (named: string): Who =>
  /^[1-9]\d{0,14}$/.test(named) ? { userId: Number(named) } : { identifier: named }

function placeOf({ production, env }: { production: boolean; env?: string | undefined }): Place {
  if (env !== undefined && !/^[\w-]+$/.test(env))
    throw new Complaint('--env takes the name of an environment of wrangler.toml.')
  return production || env !== undefined ? { deployed: true, environment: env ?? '' } : { deployed: false }
}
