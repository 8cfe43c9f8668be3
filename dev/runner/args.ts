import { parseArgs } from 'node:util'
import { Complaint } from '../../cli/complaint.ts'

export type Choices = {
  stackOnly: boolean
  reset: boolean
  memory: boolean
  https: boolean
  example: boolean
  database: string | undefined
}

export const FLAGS = {
  'stack-only': { type: 'boolean', default: false },
  reset: { type: 'boolean', default: false },
  memory: { type: 'boolean', default: false },
  https: { type: 'boolean', default: false },
  example: { type: 'boolean', default: false },
  database: { type: 'string' },
} as const

const usage = 'Known are --reset, --memory, --https, --example, --database postgres://… and --stack-only.'

export function readArguments(args: string[]): Choices {
  const values = parse(args)
  const { reset, memory, https, example, database, 'stack-only': stackOnly } = values
  if (database !== undefined && !isPostgresUrl(database))
    throw new Complaint('--database takes an address like postgres://user:password@host/name.')
  if (database !== undefined && (memory || reset))
    throw new Complaint('--memory and --reset are about the embedded database and cannot be used with --database.')
  const [idle] = [https && '--https', example && '--example'].filter((flag) => flag !== false)
  if (idle && stackOnly) throw new Complaint(`${idle} is about the service, which --stack-only does not start.`)
  return { stackOnly, reset, memory, https, example, database }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: FLAGS, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new Complaint(`${firstSentence(error)} ${usage}`)
  }
}

export function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text)
}

function firstSentence(error: unknown): string {
  const [sentence = ''] = (error as Error).message.split('. ')
  return sentence.endsWith('.') ? sentence : `${sentence}.`
}
