import { join } from 'node:path'
import { Complaint } from '../complaint.ts'
import { keysInDevVars } from './dev-vars-keys.ts'
import { newSigningKey } from './new-signing-key.ts'
import type { Place } from './place.ts'
import {
  currentKey,
  deadFrom,
  findKey,
  type KnownKey,
  keysToRetire,
  roleOf,
  roomAtOnce,
  roomFor,
  type Situation,
  waitingKeys,
} from './plan.ts'
import { HELP, type Request, readRequest } from './request.ts'
import { keysInWorker } from './worker-keys.ts'

const commands: Record<string, (place: Place, request: Request) => Promise<string[]>> = { list, rotate, retire }

/** What `npm run keys` prints for these words in this folder; a `Complaint` says what is wrong with them. */
export async function runKeysCommand(words: string[], folder: string): Promise<string[]> {
  const request = readRequest(words)
  if (request.command === 'help') return [HELP]
  const command = commands[request.command]
  if (!command) throw new Complaint(HELP)
  const place = request.deployed ? keysInWorker({ folder, ...request }) : keysInDevVars(join(folder, '.dev.vars'))
  return command(place, request)
}

async function list(place: Place, request: Request): Promise<string[]> {
  const situation = await look(place, request)
  if (situation.keys.length === 0)
    return [`There is no signing key in ${place.name}. \`npm run keys -- rotate\` makes the first.`]
  const rows = situation.keys
    .toSorted((a, b) => a.slot - b.slot)
    .map((key) => [
      `SIGNING_KEY_${key.slot}`,
      key.kid,
      key.algorithm,
      key.signsFrom.toISOString(),
      stateOf(key, situation),
    ])
  return rows.map((row) => row.join('  '))
}

function stateOf(key: KnownKey, situation: Situation): string {
  const dead = deadFrom(key, situation)
  const tokens = dead && (dead <= situation.now ? ', may be retired' : `, its tokens live until ${dead.toISOString()}`)
  return roleOf(key, situation) + (tokens ?? '')
}

async function rotate(place: Place, request: Request): Promise<string[]> {
  const situation = await look(place, request)
  const [waiting] = waitingKeys(situation)
  if (waiting)
    throw new Complaint(`${waiting.kid} is waiting already and signs from ${waiting.signsFrom.toISOString()}.`)
  const algorithm = request.algorithm ?? situation.algorithm
  const { slot, instead } = roomFor(situation)
  const wait = situation.keys.length === 0 ? 0 : (request.minutes ?? 60) * 60_000
  const text = await newSigningKey(algorithm, new Date(situation.now.getTime() + wait))
  const key = knownAs(slot, text)
  if (instead) await place.remove(instead)
  await place.put(key, text)
  return [
    ...(instead ? [`removed ${instead.kid}: its tokens have expired`] : []),
    `added ${key.kid} as SIGNING_KEY_${slot}: ${algorithm}, signs from ${key.signsFrom.toISOString()}`,
  ]
}

async function retire(place: Place, request: Request): Promise<string[]> {
  const situation = await look(place, request)
  if (request.compromised) return retireAtOnce(place, situation, request)
  const keys = keysToRetire(situation, request.kid)
  for (const key of keys) await place.remove(key)
  return keys.map((key) => `removed ${key.kid}: its tokens have expired`)
}

/** The successor comes first, so there is no moment without a key that signs. */
async function retireAtOnce(place: Place, situation: Situation, request: Request): Promise<string[]> {
  const current = currentKey(situation)
  const leaked = request.kid === undefined ? current : findKey(situation, request.kid)
  if (!leaked) throw new Complaint('There is no current key to remove.')
  const successor = leaked === current ? await succeed(place, situation, leaked) : []
  await place.remove(leaked)
  return [
    ...successor,
    `removed ${leaked.kid}: every access token that it signed is refused from now on, and refreshing gives a new one`,
    'Whoever verifies offline goes on accepting them until the key set is fetched again.',
  ]
}

async function succeed(place: Place, situation: Situation, leaked: KnownKey): Promise<string[]> {
  const waiting = waitingKeys(situation).find(({ algorithm }) => algorithm === leaked.algorithm)
  if (waiting && (await place.beginNow(waiting, situation.now))) return [`${waiting.kid} signs from now on`]
  const { slot, instead } = roomAtOnce(situation, leaked)
  const text = await newSigningKey(leaked.algorithm, situation.now)
  const key = knownAs(slot, text)
  if (instead) await place.remove(instead)
  await place.put(key, text)
  return [
    ...(instead ? [`removed ${instead.kid} to make room`] : []),
    `added ${key.kid} as SIGNING_KEY_${slot}: it signs from now on`,
  ]
}

async function look(place: Place, request: Request): Promise<Situation> {
  const keys = await place.keys()
  const algorithms = [...new Set(keys.map(({ algorithm }) => algorithm))]
  const algorithm =
    (await place.algorithm()) ?? request.algorithm ?? (algorithms.length > 1 ? undefined : (algorithms[0] ?? 'ES256'))
  if (!algorithm)
    throw new Complaint('These keys are of several algorithms: say with --algorithm which one ALGORITHM names.')
  return { keys, algorithm, tokenSeconds: await place.tokenSeconds(), now: new Date() }
}

function knownAs(slot: number, text: string): KnownKey {
  const { kid, alg, postern_signs_from } = JSON.parse(text)
  return { slot, kid, algorithm: alg, signsFrom: new Date(postern_signs_from) }
}
