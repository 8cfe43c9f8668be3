import * as z from 'zod/mini'
import { lazy } from '../../kernel/lazy.ts'
import { described } from '../../kernel/schema.ts'
import { event } from '../events/catalogue.ts'

const ip = () => z.string()

const session = lazy(() => ({
  session_id: z.string(),
  device: described(z.string(), { description: 'A readable name, such as "Firefox on Linux".' }),
  address: ip(),
  country: z.nullable(z.string()),
  transport: z.enum(['body', 'cookie']),
  amr: described(z.array(z.string()), { description: 'How the user authenticated (RFC 8176).' }),
  client_id: z.string(),
}))

const endedSession = lazy(() => ({ ...session(), reason: z.string() }))

const shadowedSession = lazy(() => ({ ...session(), shadow_address: ip(), shadow_device: z.string() }))

const dropped = lazy(() => ({ count: z.int() }))

export const events = {
  session_opened: event('A user logged in.', session),
  session_evicted: event('A session ended because a newer one took its place.', endedSession),
  session_ended: event('A session ended.', endedSession),
  session_stolen: event('A session ended because an old refresh token was shown: somebody has a copy.', endedSession),
  refresh_shadowed: event('A refresh was repeated from elsewhere within the grace.', shadowedSession),
  generation_ahead: event(
    'A session ended because a refresh token was newer than any issued: state went back, or a key leaked.',
    endedSession,
  ),
  events_dropped: event('This many events of a user were lost, because nobody could fetch them.', dropped),
}
