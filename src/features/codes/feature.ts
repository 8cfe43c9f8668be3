import { feature } from '../../kernel/feature.ts'
import { events } from '../events/feature.ts'
import { guard } from '../guard/feature.ts'
import { mail } from '../mail/feature.ts'
import { sessions } from '../sessions/feature.ts'
import { users } from '../users/feature.ts'
import * as failures from './failures.ts'
import * as settings from './settings.ts'
import { tidyCodes } from './tidy.ts'

export const codes = feature({
  name: 'codes',
  dependsOn: [events, guard, mail, sessions, users],
  ...settings,
  failures,
  tidy: tidyCodes,
})
