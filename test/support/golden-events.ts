import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OutboxRow } from '../../src/features/events/types.ts'
import { rowOf } from './outbox-rows.ts'

/** What each event says in each place, to be read by people. */
export type Golden = {
  row: Pick<OutboxRow, 'eventId' | 'userId' | 'seq' | 'type' | 'payload'> & { createdAt: string }
  kafka: { key: string; value: object }
  rabbitmq: { routingKey: string; message: object }
  webhook: object
}

const FOLDER = join(import.meta.dirname, '../golden/events')

export const goldenNames = (): string[] => readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ''))

export const golden = (type: string): Golden => JSON.parse(readFileSync(join(FOLDER, `${type}.json`), 'utf8'))

export const rowIn = ({ row }: Pick<Golden, 'row'>): OutboxRow => rowOf({ ...row, createdAt: new Date(row.createdAt) })
