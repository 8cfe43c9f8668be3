import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { afterwork } from './support/after-work.ts'
import { complaintsSoFar } from './support/each.ts'
import { envWith } from './support/faulty-bindings.ts'
import { FOREIGN, PASSWORD } from './support/foreign-hashes.ts'
import { goingOn, oneAfterAnother, pause, throwing } from './support/pausing.ts'
import { codeOf, people, register, workerClient } from './support/people.ts'
import { sql } from './support/rows.ts'
import { changePassword, deleteMe } from './support/signed-in.ts'
import { sqlRequestsOf } from './support/switchboard.ts'
import { answerOf, wrapped } from './support/wrapped-env.ts'

const BROUGHT = FOREIGN.filter(([name]) =>
  /^(bcrypt 2b|argon2id|PBKDF2 of Django|PBKDF2 of passlib, SHA-1)$/.test(name),
)
const [[, BCRYPT]] = FOREIGN

const right = { password: PASSWORD }

async function comeWith(hash: string) {
  await register()
  await sql()`update users set password_hash = ${hash}`
}
const hashNow = async () => String((await sql()`select password_hash from users`)[0]?.password_hash)
const versionsNow = async () => (await sql()`select version, auth_version from users`)[0]

describe('a password hash that was brought along', () => {
  it.each(BROUGHT)('%s opens, and is replaced by one of ours after the answer, once', async (_, hash) => {
    await comeWith(hash)
    const wrong = async () => expect((await people.tryToLogIn({ password: `${PASSWORD} ` })).status).toBe(401)
    expect(await sqlRequestsOf(wrong)).toBe(1)
    expect(await hashNow(), 'a wrong password replaces nothing').toBe(hash)
    const first = async () => expect((await people.tryToLogIn(right)).status).toBe(200)
    expect(await sqlRequestsOf(first)).toBe(2)
    expect(await hashNow()).toMatch(/^\$scrypt\$ln=4,r=8,p=3\$/)
    expect(await sqlRequestsOf(first)).toBe(1)
    expect(await versionsNow()).toEqual({ version: 1, auth_version: 1 })
  })

  it('opens although it cannot be replaced just now, and is replaced the next time', async () => {
    await comeWith(BCRYPT)
    const watched = wrapped()
    watched.watchSql()
    watched.on('SQL', oneAfterAnother(goingOn, throwing, goingOn))
    await workerClient(watched.env).logIn(right)
    await afterwork()
    expect(complaintsSoFar().map((line) => JSON.parse(line).code)).toEqual(['background_failure'])
    expect(await hashNow()).toBe(BCRYPT)
    await workerClient(env).logIn(right)
    await afterwork()
    expect(await hashNow()).toMatch(/^\$scrypt\$/)
  })

  it.each([
    ['a hash of nobody’s making', '$unknown$abc'],
    ['bcrypt above cost 12', BCRYPT.replace('$04$', '$14$')],
    ['argon2id of a gigabyte', '$argon2id$v=19$m=1048576,t=1,p=1$c29tZXNhbHRzb21l$c29tZWhhc2hzb21laGFzaA'],
    ['a text in clear', PASSWORD],
    ['nothing', ''],
  ])('%s opens to nobody, and is answered like a wrong password', async (_, hash) => {
    await comeWith(hash)
    expect(await codeOf(await people.tryToLogIn(right))).toBe('401 invalid_credentials')
    expect(await hashNow()).toBe(hash)
  })

  it('is good enough to change the password with, and to delete the account', async () => {
    await comeWith(BCRYPT)
    const { access_token } = await workerClient(env).logIn(right)
    await afterwork()
    await sql()`update users set password_hash = ${BCRYPT}`
    const passwords = { current_password: PASSWORD, new_password: 'another horse battery' }
    expect((await changePassword(access_token, passwords)).status).toBe(204)
    await sql()`update users set password_hash = ${BCRYPT}`
    expect((await deleteMe(access_token, right)).status).toBe(204)
  })
})

describe('a hash of ours with old parameters', () => {
  const dear = envWith({ PASSWORD_COST: '6' })
  const logInWith = async (bindings: Env) => void (await workerClient(bindings).logIn())

  it('PASSWORD_COST: is renewed at the next log-in, once, and never made cheaper', async () => {
    await register()
    expect(await hashNow()).toMatch(/^\$scrypt\$ln=4,/)
    expect(await sqlRequestsOf(() => logInWith(dear))).toBe(2)
    const renewed = await hashNow()
    expect(renewed).toMatch(/^\$scrypt\$ln=6,/)
    expect(await sqlRequestsOf(() => logInWith(dear))).toBe(1)
    expect(await sqlRequestsOf(() => logInWith(env))).toBe(1)
    expect(await hashNow()).toBe(renewed)
  })
})

it('a hash that is being replaced: gives way to a password that was changed meanwhile', async () => {
  await comeWith(BCRYPT)
  const watched = wrapped()
  const { cue, reached, goOn } = pause()
  watched.watchSql()
  watched.on('SQL', oneAfterAnother(goingOn, cue, goingOn))
  const headers = { 'content-type': 'application/json', 'cf-connecting-ip': '203.0.113.7' }
  const body = JSON.stringify({ username: 'ann@example.com', ...right })
  const { response, finished } = await answerOf('/auth/login', { method: 'POST', headers, body }, watched.env)
  await reached
  const { access_token } = await response.json<{ access_token: string }>()
  const passwords = { current_password: PASSWORD, new_password: 'another horse battery' }
  expect((await changePassword(access_token, passwords)).status).toBe(204)
  const changed = await hashNow()
  goOn()
  await finished()
  expect(await hashNow()).toBe(changed)
  expect((await people.tryToLogIn(right)).status).toBe(401)
  expect((await people.tryToLogIn({ password: 'another horse battery' })).status).toBe(200)
})
