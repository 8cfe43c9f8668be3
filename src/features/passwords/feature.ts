import { feature } from '../../kernel/feature.ts'
import { guard } from '../guard/feature.ts'
import { sessions } from '../sessions/feature.ts'
import { users } from '../users/feature.ts'
import * as failures from './failures.ts'
import * as settings from './settings.ts'

export const passwords = feature({ name: 'passwords', dependsOn: [guard, sessions, users], ...settings, failures })
