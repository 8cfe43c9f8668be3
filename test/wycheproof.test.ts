import { describeWycheproof } from './support/wycheproof.ts'

describeWycheproof('workerd')
