import { Complaint } from './complaint.ts'
import { runKeysCommand } from './keys/commands.ts'

/** `npm run keys -- rotate|list|retire`; without a word it explains itself. npm runs it in the folder of the project. */
try {
  for (const line of await runKeysCommand(process.argv.slice(2), process.cwd())) console.log(line)
} catch (error) {
  if (!(error instanceof Complaint)) throw error
  process.exitCode = 1
  console.error(error.message)
}
