import type { VerifyRpc } from '../../src/index.ts'

/** Another Worker that asks whose token it was sent. */
export default {
  async fetch(request: Request, { POSTERN }: { POSTERN: Service<VerifyRpc> }) {
    const { token, maxStaleness } = await request.json<{ token: string; maxStaleness: number }>()
    return Response.json(await POSTERN.verify({ token, maxStaleness }))
  },
}
