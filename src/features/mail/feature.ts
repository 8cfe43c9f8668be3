import { feature } from '../../kernel/feature.ts'
import { events } from '../events/feature.ts'
import { guard } from '../guard/feature.ts'
import * as settings from './settings.ts'
import { mailSinks } from './sink.ts'

export const mail = feature({ name: 'mail', dependsOn: [events, guard], ...settings, sinks: mailSinks })
