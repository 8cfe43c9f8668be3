import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from 'drizzle-orm/pg-core'

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

/**
 * Usernames and e-mail addresses are one namespace: this primary key is what makes a log-in identifier belong to one user. Nobody
 * logs in with a former address, which is of no kind, and nobody else gets it, while a link may still bring it back.
 */
export const identifiers = pgTable(
  'identifiers',
  {
    identifier: text('identifier').primaryKey(),
    kind: text('kind').$type<'username' | 'email'>(),
    userId: bigint('user_id', { mode: 'number' })
      .notNull()
      .references(() => users.userId, { onDelete: 'cascade' }),
  },
  (table) => [
    check('identifiers_kind', sql`${table.kind} in ('username', 'email')`),
    unique('identifiers_one_of_a_kind').on(table.userId, table.kind),
    index('identifiers_former').on(table.userId).where(sql`${table.kind} is null`),
  ],
)

/** What was published about a user so far. Its row lock puts a user's events in order, and it outlives the user. */
export const eventCounters = pgTable('event_counters', {
  /** 0 counts what belongs to nobody. */
  userId: bigint('user_id', { mode: 'number' }).primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
})

/** One row for each event and each sink that wants it. */
export const outbox = pgTable(
  'outbox',
  {
    eventId: text('event_id').notNull(),
    sink: text('sink').notNull(),
    userId: bigint('user_id', { mode: 'number' }).notNull(),
    /** The order of delivery. `seq` cannot be: it counts what is published, and mail or a session object has rows besides. */
    place: bigint('place', { mode: 'number' }).generatedAlwaysAsIdentity(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    type: text('type').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>().notNull(),
    /** Secrets that only the mail sink can open; erased when they are delivered. */
    sealed: text('sealed'),
    createdAt: moment('created_at').notNull(),
    deliverBefore: moment('deliver_before'),
    attempts: integer('attempts').notNull().default(0),
    nextAt: moment('next_at').notNull(),
    /** An earlier row of the same user and sink waits as well, so this one is not due. Triggers keep it (migration 0005). */
    behind: boolean('behind').notNull().default(false),
    /** The name under which a mail was sent, alone (its own id) or with others: it may have arrived, so it keeps its name and company. */
    batchId: text('batch_id'),
    leasedUntil: moment('leased_until'),
    state: text('state').$type<'waiting' | 'delivered' | 'dead' | 'expired'>().notNull().default('waiting'),
    settledAt: moment('settled_at'),
    /** In our own words only: what a broker answers may quote what it was sent. */
    lastError: text('last_error'),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.sink] }),
    check('outbox_state', sql`${table.state} in ('waiting', 'delivered', 'dead', 'expired')`),
    index('outbox_first')
      .on(table.sink, table.nextAt, table.place)
      .where(sql`${table.state} = 'waiting' and not ${table.behind}`),
    index('outbox_batch')
      .on(table.batchId, table.place)
      .where(sql`${table.state} = 'waiting' and ${table.batchId} is not null`),
    index('outbox_heads').on(table.userId, table.sink, table.place).where(sql`${table.state} = 'waiting'`),
    index('outbox_expiring')
      .on(table.deliverBefore)
      .where(sql`${table.state} in ('waiting', 'dead') and ${table.deliverBefore} is not null`),
    /** A deletion finds all rows of its user, whatever their state. */
    index('outbox_of_user').on(table.userId),
    index('outbox_settled').on(table.state, table.settledAt).where(sql`${table.state} <> 'waiting'`),
  ],
)

/** Digits and links that were mailed. Only keyed hashes of them are kept. */
export const codes = pgTable(
  'codes',
  {
    codeId: text('code_id').primaryKey(),
    purpose: text('purpose').$type<'verify_email' | 'reset_password' | 'change_email' | 'register'>().notNull(),
    /** Null while there is no user yet. */
    userId: bigint('user_id', { mode: 'number' }).references(() => users.userId, { onDelete: 'cascade' }),
    /** The canonical address that the code is bound to. */
    account: text('account').notNull(),
    payload: jsonb('payload').$type<Record<string, unknown>>(),
    codeHash: text('code_hash').notNull(),
    linkHash: text('link_hash').unique(),
    tries: integer('tries').notNull().default(0),
    createdAt: moment('created_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
    redeemedAt: moment('redeemed_at'),
    cancelledAt: moment('cancelled_at'),
    /** What using the code led to, while the session object could not be told of it: whoever used it may then ask again. */
    untold: jsonb('untold').$type<{ auth_version: number; keep?: string }>(),
  },
  (table) => [
    check('codes_purpose', sql`${table.purpose} in ('verify_email', 'reset_password', 'change_email', 'register')`),
    index('codes_of_account').on(table.account, table.purpose, table.createdAt),
    index('codes_of_user').on(table.userId),
    index('codes_expired').on(table.expiresAt),
  ],
)
