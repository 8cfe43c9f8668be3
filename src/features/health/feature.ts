import { feature } from '../../kernel/feature.ts'
import * as failures from './failures.ts'
import { health as routes } from './routes.ts'

export const health = feature({ name: 'health', failures, routes })
