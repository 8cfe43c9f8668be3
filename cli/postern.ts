import { join } from 'node:path'
import { Complaint } from './complaint.ts'
import { runOperatorCommand } from './operator/commands.ts'

/** `npm run postern -- user show|disable|enable|roles …`; without a word it explains itself. */
try {
  for (const line of await runOperatorCommand(process.argv.slice(2), join(import.meta.dirname, '..'))) console.log(line)
} catch (error) {
  if (!(error instanceof Complaint)) throw error
  process.exitCode = 1
  console.error(error.message)
}
