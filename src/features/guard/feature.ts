import { feature } from '../../kernel/feature.ts'
import { events as publishing } from '../events/feature.ts'
import { events } from './events.ts'
import * as failures from './failures.ts'
import * as settings from './settings.ts'

export const guard = feature({ name: 'guard', dependsOn: [publishing], ...settings, failures, events })
