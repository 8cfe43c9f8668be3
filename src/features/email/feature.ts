import { feature } from '../../kernel/feature.ts'
import { codes } from '../codes/feature.ts'
import { events } from '../events/feature.ts'
import { guard } from '../guard/feature.ts'
import { mail } from '../mail/feature.ts'
import { passwords } from '../passwords/feature.ts'
import { registration } from '../registration/feature.ts'
import { sessions } from '../sessions/feature.ts'
import { users } from '../users/feature.ts'
import { tidyFormerAddresses } from './former-address.ts'
import { email as routes } from './routes.ts'

export const email = feature({
  name: 'email',
  dependsOn: [events, guard, mail, sessions, users, passwords, codes, registration],
  routes,
  tidy: tidyFormerAddresses,
})
