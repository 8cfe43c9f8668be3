import { sinksWanting } from '../features/events/catalogue.ts'
import { MAIL } from '../features/events/lines.ts'
import { moveEvents } from '../features/events/move.ts'
import type { ObjectEvent, ObjectOutbox } from '../features/events/types.ts'
import { isNotice } from '../features/mail/notices.ts'
import { reserveNotices } from '../features/mail/reserve-notices.ts'
import { LoginGuardObject } from '../platform/objects/login-guard.ts'
import { UserSessionsObject } from '../platform/objects/user-sessions.ts'
import { perIsolate } from './deps.ts'

async function move(env: Env, outbox: ObjectOutbox): Promise<boolean> {
  const { lasting, guardFor } = perIsolate(env)
  const deps = { ...lasting, guard: guardFor(nothingLater) }
  return moveEvents({ ...deps, extrasFor: (events) => reserveNotices(deps, events) }, outbox)
}

function wants(env: Env, event: Pick<ObjectEvent, 'type' | 'payload'>): boolean {
  const { sinksOn } = perIsolate(env).lasting
  return sinksWanting(event.type, sinksOn).length > 0 || (sinksOn.names.includes(MAIL) && isNotice(event))
}

const ways = { wants, move }

/** An alarm has no answer to be quick with, so it waits for all its work. */
function nothingLater(): never {
  throw new Error('An alarm leaves nothing for later.')
}

export class UserSessions extends UserSessionsObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, ways)
  }
}

export class LoginGuard extends LoginGuardObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, ways)
  }
}
