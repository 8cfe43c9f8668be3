import type { Context } from 'hono'
import type { AppEnv } from '../../http/app-env.ts'
import { requireBearer } from '../../http/bearer.ts'
import { accessTokenMissing, invalidAccessToken } from '../../http/failures.ts'
import { unavailable } from '../../kernel/failures.ts'
import { type Access, readAccessToken } from './signed-in.ts'

/** What every operation for those who are signed in may refuse. */
export const SIGNED_IN = [accessTokenMissing, invalidAccessToken, unavailable]

export const accessOf = (c: Context<AppEnv>): Promise<Access> =>
  readAccessToken(c.get('deps'), requireBearer(c.req.raw))
