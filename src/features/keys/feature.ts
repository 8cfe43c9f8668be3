import { feature } from '../../kernel/feature.ts'
import { sessions } from '../sessions/feature.ts'
import { publicKeys } from './routes.ts'

export const keys = feature({ name: 'keys', dependsOn: [sessions], routes: publicKeys })
