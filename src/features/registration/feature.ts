import { feature } from '../../kernel/feature.ts'
import { codes } from '../codes/feature.ts'
import { events } from '../events/feature.ts'
import { guard } from '../guard/feature.ts'
import { mail } from '../mail/feature.ts'
import { passwords } from '../passwords/feature.ts'
import { users } from '../users/feature.ts'
import { registrations } from './routes.ts'

export const registration = feature({
  name: 'registration',
  dependsOn: [events, guard, mail, users, passwords, codes],
  routes: registrations,
})
