import { parseArgs } from 'node:util'
import { isAlgorithm, type PairAlgorithm } from '../../src/crypto/algorithms.ts'
import { Complaint } from '../complaint.ts'

export const HELP = `npm run keys -- <command> [options]

  list                          every signing key: slot, kid, algorithm, from when it signs, and its state
  rotate                        adds the next key. It is published at once and signs later, so that whoever keeps
                                a copy of the key set has seen it by then
  retire [kid]                  removes the keys whose every token has expired, or says how long to wait
  retire --compromised [kid]    removes a key at once, the current one unless a kid is given; a successor signs now

  --minutes <n>                 rotate: how long until the key signs (60; the first key of all signs at once)
  --algorithm <name>            ES256, EdDSA or RS256: the one that ALGORITHM names, or is about to name
  --production                  the deployed Worker instead of .dev.vars, through wrangler
  --env <name>                  the same for an environment of wrangler.toml
  --token-minutes <n>           ACCESS_TOKEN_EXPIRE_MINUTES of the deployed Worker (without it: the longest, a day)

A deployed secret cannot be read back. What is public about the keys (slot, kid, algorithm, time) is therefore kept in
signing-keys.json (signing-keys.<env>.json), which holds no secret: commit it. wrangler's own list is compared with it,
so the Worker must have been deployed once.

To change the algorithm: rotate --algorithm EdDSA; when that key's time has come, set ALGORITHM and deploy; when
the tokens of the old key have expired, retire.`

const options = {
  minutes: { type: 'string' },
  algorithm: { type: 'string' },
  production: { type: 'boolean' },
  env: { type: 'string' },
  'token-minutes': { type: 'string' },
  compromised: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export type Request = ReturnType<typeof readRequest>

export function readRequest(args: string[]) {
  const { values, positionals } = parse(args)
  const [command = '', kid, ...more] = values.help ? ['help'] : positionals
  if (more.length > 0) throw new Complaint(`${more[0]} is one word too many.`)
  return {
    command,
    kid,
    compromised: values.compromised ?? false,
    environment: environmentName(values.env),
    deployed: values.production === true || values.env !== undefined,
    algorithm: values.algorithm === undefined ? undefined : pairAlgorithm(values.algorithm),
    minutes: wholeNumber('--minutes', values.minutes),
    tokenMinutes: wholeNumber('--token-minutes', values['token-minutes']),
  }
}

/** A thumbprint (RFC 7638 §3): one in 64 begins with a hyphen and would be taken for an option. */
const KID = /^[\w-]{43}$/

function parse(args: string[]) {
  try {
    const kids = args.filter((arg) => KID.test(arg))
    return parseArgs({
      args: [...args.filter((arg) => !KID.test(arg)), '--', ...kids],
      options,
      allowPositionals: true,
    })
  } catch (error) {
    throw new Complaint(error instanceof Error ? error.message : 'These arguments make no sense.')
  }
}

function pairAlgorithm(name: string): PairAlgorithm {
  if (isAlgorithm(name) && name !== 'HS256') return name
  throw new Complaint('--algorithm takes ES256, EdDSA or RS256. HS256 signs with JWT_SECRET.')
}

function environmentName(name: string | undefined): string | undefined {
  if (name === undefined || /^[\w-]+$/.test(name)) return name
  throw new Complaint('--env takes the name of an environment of wrangler.toml.')
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,6}$/.test(text)) return text === undefined ? undefined : Number(text)
  throw new Complaint(`${option} takes a whole number of minutes.`)
}
