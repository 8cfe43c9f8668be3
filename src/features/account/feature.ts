import { feature } from '../../kernel/feature.ts'
import { guard } from '../guard/feature.ts'
import { passwords } from '../passwords/feature.ts'
import { sessions } from '../sessions/feature.ts'
import { users } from '../users/feature.ts'
import { account as routes } from './routes.ts'

export const account = feature({ name: 'account', dependsOn: [guard, sessions, users, passwords], routes })
