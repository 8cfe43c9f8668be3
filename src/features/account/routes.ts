import type { Context } from 'hono'
import type { App, AppEnv } from '../../compose/app.ts'
import { demandBearer } from '../../http/bearer.ts'
import { endpoint } from '../../http/endpoint.ts'
import type { ErrorCode } from '../../kernel/errors.ts'
import { changePassword } from '../passwords/change-password.ts'
import { register } from '../registration/register.ts'
import { type Access, readAccessToken } from '../sessions/signed-in.ts'
import { changeProfile } from './change-profile.ts'
import { deleteAccount } from './delete-account.ts'
import { me } from './me.ts'
import {
  ChangePasswordRequest,
  DeleteAccountRequest,
  Me,
  ProfileRequest,
  Registered,
  RegisterRequest,
  RegistrationPending,
} from './wire.ts'

export const GUARDED: ErrorCode[] = ['address_unknown', 'too_many_attempts', 'unavailable']
export const SIGNED_IN: ErrorCode[] = ['access_token_missing', 'invalid_access_token', 'unavailable']
export const CONFIRMED: ErrorCode[] = [...SIGNED_IN, ...GUARDED, 'wrong_password', 'revocation_pending']

export function accounts(app: App) {
  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/register', '/auth/signup', '/register'],
      tag: 'Account',
      summary: 'Register',
      body: RegisterRequest,
      answer: { status: 201, description: 'The new user.', schema: Registered },
      otherwise: {
        status: 202,
        description: 'A code was mailed, and there is a user as soon as it comes back (EMAIL_VERIFICATION=before).',
        schema: RegistrationPending,
      },
      errors: [...GUARDED, 'identifier_taken'],
    },
    async (c, input) => {
      const answer = await register(c.get('deps'), input)
      return answer.done ? c.json(answer.registered, 201) : c.json(answer.pending, 202)
    },
  )

  endpoint(
    app,
    {
      method: 'get',
      paths: ['/auth/me', '/users/me'],
      tag: 'Account',
      summary: 'Who am I?',
      answer: { status: 200, description: 'The user whose session this is.', schema: Me },
      errors: SIGNED_IN,
      bearer: 'demanded',
    },
    async (c) => c.json(await me(c.get('deps'), await accessOf(c))),
  )

  endpoint(
    app,
    {
      method: 'patch',
      paths: ['/auth/me'],
      tag: 'Account',
      summary: 'Change the own profile',
      body: ProfileRequest,
      answer: { status: 200, description: 'The user as changed.', schema: Me },
      errors: [...SIGNED_IN, ...GUARDED, 'identifier_taken'],
      bearer: 'demanded',
    },
    async (c, input) => c.json(await changeProfile(c.get('deps'), await accessOf(c), input)),
  )

  endpoint(
    app,
    {
      method: 'delete',
      paths: ['/auth/me'],
      tag: 'Account',
      summary: 'Delete the own account',
      body: DeleteAccountRequest,
      answer: { status: 204, description: 'The account is gone, and so is every session.' },
      errors: CONFIRMED,
      bearer: 'demanded',
    },
    async (c, { password }) => {
      await deleteAccount(c.get('deps'), await accessOf(c), password)
      return c.body(null, 204)
    },
  )

  endpoint(
    app,
    {
      method: 'post',
      paths: ['/auth/password/change'],
      tag: 'Account',
      summary: 'Change the password',
      body: ChangePasswordRequest,
      answer: { status: 204, description: 'Changed. Every other session has ended.' },
      errors: CONFIRMED,
      bearer: 'demanded',
    },
    async (c, { current_password, new_password }) => {
      await changePassword(c.get('deps'), await accessOf(c), { current: current_password, next: new_password })
      return c.body(null, 204)
    },
  )
}

export const accessOf = (c: Context<AppEnv>): Promise<Access> => readAccessToken(c.get('deps'), demandBearer(c.req.raw))
