import type { App } from '../app.ts'
import { endpoint } from '../http/endpoint.ts'
import { register } from './register.ts'
import { Registered, RegisterRequest } from './wire.ts'

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
      errors: ['identifier_taken', 'unavailable'],
    },
    async (c, input) => c.json(await register(c.var.deps, input), 201),
  )
}
