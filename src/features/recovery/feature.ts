import { feature } from '../../kernel/feature.ts'
import { codes } from '../codes/feature.ts'
import { guard } from '../guard/feature.ts'
import { passwords } from '../passwords/feature.ts'
import { users } from '../users/feature.ts'
import { recovery as routes } from './routes.ts'

export const recovery = feature({ name: 'recovery', dependsOn: [guard, users, passwords, codes], routes })
