import { feature } from '../../kernel/feature.ts'
import * as settings from './settings.ts'
import { publishers } from './sinks.ts'
import { tidyOutbox } from './sweep.ts'

export const events = feature({ name: 'events', ...settings, sinks: publishers, tidy: tidyOutbox })
