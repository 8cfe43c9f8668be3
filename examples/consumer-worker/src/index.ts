import { Hono } from 'hono'
import { type SignedIn, signedIn } from './signed-in.ts'

const app = new Hono<SignedIn>()

app.get('/', (c) => c.text('Anybody may read this. /notes is for those who are logged in.\n'))
app.get('/notes', signedIn, (c) => {
  const { username, roles } = c.var.user
  return c.json({ notes: [`Hello, ${username}.`], mayPublish: roles.includes('editor') })
})

export default app
