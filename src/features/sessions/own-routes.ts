import { type App, endpoint } from '../../http/endpoint.ts'
import { accessOf, SIGNED_IN } from './access.ts'
import { sessionNotFound } from './failures.ts'
import { endOtherSessions, endSession, listSessions } from './own-sessions.ts'
import { SessionList } from './wire.ts'

export function ownSessions(app: App) {
  endpoint(
    app,
    {
      method: 'get',
      paths: ['/auth/sessions'],
      tag: 'Session',
      summary: 'The own sessions',
      description: 'With the device, the address and the last use of each.',
      answer: { status: 200, description: 'Every live session of the user.', schema: SessionList },
      errors: SIGNED_IN,
      bearer: 'demanded',
    },
    async (c) => c.json(await listSessions(c.get('deps'), await accessOf(c))),
  )

  endpoint(
    app,
    {
      method: 'delete',
      paths: ['/auth/sessions'],
      tag: 'Session',
      summary: 'End every other session',
      description:
        'Access tokens that the others still hold are refused from now on by everybody who asks this service.',
      answer: { status: 204, description: 'Only this session is left.' },
      errors: SIGNED_IN,
      bearer: 'demanded',
    },
    async (c) => {
      await endOtherSessions(c.get('deps'), await accessOf(c))
      return c.body(null, 204)
    },
  )

  endpoint(
    app,
    {
      method: 'delete',
      paths: ['/auth/sessions/{id}'],
      tag: 'Session',
      summary: 'End one of the own sessions',
      description: 'The id is one of the list. Ending the current one is logging out.',
      params: ['id'],
      answer: { status: 204, description: 'It has ended.' },
      errors: [...SIGNED_IN, sessionNotFound],
      bearer: 'demanded',
    },
    async (c) => {
      await endSession(c.get('deps'), await accessOf(c), c.req.param('id') ?? '')
      return c.body(null, 204)
    },
  )
}
