import { feature } from '../../kernel/feature.ts'
import { events as publishing } from '../events/feature.ts'
import { guard } from '../guard/feature.ts'
import { mail } from '../mail/feature.ts'
import { sessions } from '../sessions/feature.ts'
import { events } from './events.ts'
import * as failures from './failures.ts'
import { profileSinks } from './profile-sink.ts'

export const users = feature({
  name: 'users',
  dependsOn: [publishing, guard, mail, sessions],
  failures,
  events,
  sinks: profileSinks,
})
