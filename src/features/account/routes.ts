import { type App, endpoint } from '../../http/endpoint.ts'
import { GUARDED } from '../guard/with-budget.ts'
import { changePassword } from '../passwords/change-password.ts'
import { CONFIRMED } from '../passwords/confirm-password.ts'
import { accessOf, SIGNED_IN } from '../sessions/access.ts'
import { identifierTaken } from '../users/failures.ts'
import { changeProfile } from './change-profile.ts'
import { deleteAccount } from './delete-account.ts'
import { me } from './me.ts'
import { ChangePasswordRequest, DeleteAccountRequest, Me, ProfileRequest } from './wire.ts'

export function account(app: App) {
  endpoint(
    app,
    {
      method: 'get',
      paths: ['/auth/me', '/users/me'],
      tag: 'Account',
      summary: 'Who am I?',
      description: 'The profile may be a minute old; roles and whether the address is confirmed are always current.',
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
      description: 'What is left out stays as it is; null clears it.',
      body: ProfileRequest,
      answer: { status: 200, description: 'The user as changed.', schema: Me },
      errors: [...SIGNED_IN, ...GUARDED, identifierTaken],
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
      description: 'For good, with its sessions, and its names are free again.',
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
      description: 'The session that asks stays; every other one ends.',
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
