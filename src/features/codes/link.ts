import { and, eq, inArray } from 'drizzle-orm'
import type { Client } from '../../db/database.ts'
import { codes } from '../../db/schema.ts'
import type { PresentedLink } from './redeem.ts'

/** Finds the account of a link. The redeeming statement checks whether the link still works. */
export async function accountOfLink(db: Client, { purpose, hashes }: PresentedLink): Promise<string | null> {
  const [found] = await db
    .select({ account: codes.account })
    .from(codes)
    .where(and(eq(codes.purpose, purpose), inArray(codes.linkHash, [...hashes])))
  return found?.account ?? null
}
