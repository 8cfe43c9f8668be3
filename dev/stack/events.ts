import { answerJson, type Handler } from './http.ts'

export type LoggedEvent = {
  at: string
  topic: string
  key: string | null
  value: string
  headers: { key: string; value: string }[]
  partition: number
  offset: number
}

export type EventLog = {
  produce: Handler
  list: Handler
  events(topic?: string, key?: string): LoggedEvent[]
  clear(): void
}

// Kept in memory alone, and bounded: offsets go on, the oldest events are forgotten.
const mostEvents = 10_000

/** `POST /produce` as Upstash Kafka's REST answers it, and `GET /events.json` to read what came. */
export function openEventLog(now: () => Date = () => new Date()): EventLog {
  let events: LoggedEvent[] = []
  const nextOffset = new Map<string, number>()

  const select = (topic?: string | null, key?: string | null) =>
    events.filter((event) => (topic ?? event.topic) === event.topic && (key ?? event.key) === event.key)

  const append = (message: Message): LoggedEvent => {
    const partition = message.partition ?? 0
    const place = `${partition} ${message.topic}`
    const offset = nextOffset.get(place) ?? 0
    nextOffset.set(place, offset + 1)
    const at = (message.timestamp === undefined ? now() : new Date(message.timestamp)).toISOString()
    const { topic, key = null, value, headers = [] } = message
    return { at, topic, key, value, headers, partition, offset }
  }

  return {
    events: select,
    clear: () => {
      events = []
      nextOffset.clear()
    },
    list: ({ query }) => answerJson(200, select(query.get('topic'), query.get('key'))),
    produce: (request) => {
      if (!isBasic(request.header('authorization')))
        return answerJson(401, { result: 'error', error: 'Unauthorized', status: 401 })
      const messages = Array.isArray(request.json) ? request.json : [request.json]
      if (!messages.every(isMessage)) return answerJson(400, { result: 'error', error: 'Invalid message', status: 400 })
      const appended = messages.map(append)
      events = [...events, ...appended].slice(-mostEvents)
      const places = appended.map(({ topic, partition, offset, at }) => ({
        topic,
        partition,
        offset,
        timestamp: Date.parse(at),
      }))
      return answerJson(200, places)
    },
  }
}

type Message = {
  topic: string
  key?: string
  value: string
  headers?: { key: string; value: string }[]
  partition?: number
  timestamp?: number
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false
  const { topic, key, value: payload, headers = [], partition = 0, timestamp = 0 } = value as Record<string, unknown>
  const named = typeof topic === 'string' && topic !== '' && (key === undefined || typeof key === 'string')
  const placed = Number.isInteger(partition) && typeof timestamp === 'number' && Number.isFinite(timestamp)
  return named && placed && typeof payload === 'string' && Array.isArray(headers) && headers.every(isHeader)
}

function isHeader(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { key, value: content } = value as Record<string, unknown>
  return typeof key === 'string' && typeof content === 'string'
}

function isBasic(authorization: string | undefined): boolean {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '')?.[1]
  return encoded !== undefined && /^[^:]+:.+$/s.test(Buffer.from(encoded, 'base64').toString('utf8'))
}
