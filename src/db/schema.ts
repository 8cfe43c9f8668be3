import { sql } from 'drizzle-orm'
import { bigint, check, integer, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/**
 * `subject` names the user's session object and stands in refresh tokens; `user_id` is what callers see. `version` is raised by
 * every change of what others may have copied, `auth_version` only when existing sessions must end.
 */
export const users = pgTable(
  'users',
  {
    userId: bigint('user_id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    subject: text('subject').notNull().unique(),
    status: text('status').$type<'active' | 'disabled'>().notNull().default('active'),
    version: integer('version').notNull().default(1),
    authVersion: integer('auth_version').notNull().default(1),
    /** Null means: the e-mail address serves as the username, and goes on doing so when it changes. */
    username: text('username'),
    email: text('email').notNull(),
    emailVerifiedAt: moment('email_verified_at'),
    fullName: text('full_name'),
    locale: text('locale'),
    roles: text('roles').array().notNull().default(sql`'{}'`),
    /** Null for people who come through an identity provider alone. */
    passwordHash: text('password_hash'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (table) => [check('users_status', sql`${table.status} in ('active', 'disabled')`)],
)

/** Usernames and e-mail addresses are one namespace: this primary key is what makes a log-in identifier belong to one user. */
export const identifiers = pgTable(
  'identifiers',
  {
    identifier: text('identifier').primaryKey(),
    kind: text('kind').$type<'username' | 'email'>().notNull(),
    userId: bigint('user_id', { mode: 'number' })
      .notNull()
      .references(() => users.userId, { onDelete: 'cascade' }),
  },
  (table) => [
    check('identifiers_kind', sql`${table.kind} in ('username', 'email')`),
    unique('identifiers_one_of_a_kind').on(table.userId, table.kind),
  ],
)
