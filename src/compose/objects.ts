import { sinksWanting } from '../features/events/catalogue.ts'
import { MAIL } from '../features/events/lines.ts'
import { moveEvents } from '../features/events/move.ts'
import { drainSink } from '../features/events/sweep.ts'
import type { ObjectEvent, ObjectOutbox } from '../features/events/types.ts'
import { isNotice } from '../features/mail/notices.ts'
import { reserveNotices } from '../features/mail/reserve-notices.ts'
import { NOBODY } from '../kernel/client.ts'
import { DrainObject } from '../platform/objects/drain.ts'
import { LoginGuardObject } from '../platform/objects/login-guard.ts'
import { UserSessionsObject } from '../platform/objects/user-sessions.ts'
import { WakeObject } from '../platform/objects/wake.ts'
import { clock, depsFrom, perIsolate } from './deps.ts'
import { sweepAndLook } from './sweep.ts'

async function move(env: Env, outbox: ObjectOutbox): Promise<boolean> {
  const { lasting, guardFor, markFor } = perIsolate(env)
  const mark = markFor(clock)
  const deps = { ...lasting, guard: guardFor(nothingLater), markedDb: () => mark().then(lasting.db) }
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

const working = (env: Env, ctx: DurableObjectState) => depsFrom(env, ctx, { clientOf: () => NOBODY })

export class Wake extends WakeObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, (env, ctx) => sweepAndLook(working(env, ctx)))
  }
}

export class Drain extends DrainObject {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env, (env, ctx, line) => drainSink(working(env, ctx), line))
  }
}
