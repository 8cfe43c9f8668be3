import { feature } from '../../kernel/feature.ts'
import { events as publishing } from '../events/feature.ts'
import { guard } from '../guard/feature.ts'
import { events } from './events.ts'
import * as failures from './failures.ts'
import { sessionRoutes } from './routes.ts'
import * as settings from './settings.ts'
import { sessionSinks } from './sink.ts'

export const sessions = feature({
  name: 'sessions',
  dependsOn: [publishing, guard],
  ...settings,
  failures,
  events,
  sinks: sessionSinks,
  routes: sessionRoutes,
})
