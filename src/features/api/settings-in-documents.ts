import type { Config } from '../../kernel/config.ts'

/** The values of the documents that are settings. The build writes a mark for each, and the Worker puts the value in. */
const VALUES = {
  title: ({ appName }: Config) => appName,
  titleOfEvents: ({ appName }: Config) => `Events of ${appName}`,
  version: ({ appVersion }: Config) => appVersion,
  publicUrl: ({ publicUrl }: Config) => publicUrl,
  passwordMinLength: ({ passwords }: Config) => passwords.minLength,
  topic: ({ events }: Config) => events.topic,
  amqp: ({ events: { rabbit } }: Config) => ({
    is: 'routingKey',
    ...(rabbit && { exchange: { name: rabbit.exchange } }),
  }),
}

type Name = keyof typeof VALUES

export const mark = (name: Name): string => `{{${name}}}`

const MARKS = new RegExp(`"\\{\\{(${Object.keys(VALUES).join('|')})\\}\\}"`, 'g')

/** `document` is JSON, and so is the answer. */
export const fillIn = (document: string, config: Config): string =>
  document.replaceAll(MARKS, (_, name: Name) => JSON.stringify(VALUES[name](config)))
