import { feature } from '../../kernel/feature.ts'
import { events } from '../events/feature.ts'
import { apiDescription } from './routes.ts'

export const api = feature({ name: 'api', dependsOn: [events], routes: apiDescription })
