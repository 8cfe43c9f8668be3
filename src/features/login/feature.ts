import { feature } from '../../kernel/feature.ts'
import { guard } from '../guard/feature.ts'
import { passwords } from '../passwords/feature.ts'
import { sessions } from '../sessions/feature.ts'
import { users } from '../users/feature.ts'
import * as failures from './failures.ts'
import { logIns } from './routes.ts'

export const login = feature({
  name: 'login',
  dependsOn: [guard, sessions, users, passwords],
  failures,
  routes: logIns,
})
