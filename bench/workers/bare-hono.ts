import { Hono } from 'hono'

/** What starting costs with the framework and nothing else. */
export default new Hono().get('/health/live', (c) => c.json({ status: 'ok' }))
