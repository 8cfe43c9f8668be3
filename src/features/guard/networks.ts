/** The unit of counting: an IPv4 address, or an IPv6 /64 with the wider networks that hold it. */
export type Network = { network: string; prefix56: string | null; prefix48: string | null }

/** One name for every spelling of an address (RFC 4291, 2.2). Null for any other text, so that the caller can refuse it. */
export function parseAddress(text: string | null | undefined): Network | null {
  if (!text || text.length > 45) return null
  const octets = parseV4(text)
  if (octets) return v4(octets)
  const groups = parseV6(text)
  if (!groups || groups.every((group) => group === 0)) return null
  const mapped = octetsOfMapped(groups)
  return mapped ? v4(mapped) : v6(groups)
}

function v4(octets: readonly number[]): Network | null {
  if (octets.every((octet) => octet === 0)) return null
  return { network: octets.join('.'), prefix56: null, prefix48: null }
}

function v6(groups: readonly number[]): Network {
  const [a = 0, b = 0, c = 0, d = 0] = groups
  const prefix = (...kept: number[]) => `${kept.map((group) => group.toString(16)).join(':')}::`
  return {
    network: `${prefix(a, b, c, d)}/64`,
    prefix56: `${prefix(a, b, c, d & 0xff00)}/56`,
    prefix48: `${prefix(a, b, c)}/48`,
  }
}

/** Leading zeros are refused: some parsers read them as octal, and one address must have one reading. */
function parseV4(text: string): number[] | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  const octets = parts.map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256))
  return octets.every((octet) => octet <= 255) ? octets : null
}

function parseV6(text: string): number[] | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const head = parseGroups(halves[0] ?? '', halves.length === 1)
  const tail = parseGroups(halves[1] ?? '', halves.length === 2)
  if (!head || !tail) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  return [...head, ...Array<number>(missing).fill(0), ...tail]
}

/** Groups of sixteen bits; the last two may be written as an IPv4 address where the text ends. */
function parseGroups(text: string, endsTheAddress: boolean): number[] | null {
  if (text === '') return []
  const parts = text.split(':')
  const last = parts.at(-1) ?? ''
  const octets = endsTheAddress ? parseV4(last) : null
  const hex = octets ? parts.slice(0, -1) : parts
  if (!hex.every((part) => /^[0-9a-f]{1,4}$/i.test(part))) return null
  const groups = hex.map((part) => Number.parseInt(part, 16))
  return octets ? [...groups, ...groupsOf(octets)] : groups
}

function groupsOf([a = 0, b = 0, c = 0, d = 0]: readonly number[]): [number, number] {
  return [a * 256 + b, c * 256 + d]
}

/** `::ffff:0:0/96` holds IPv4 addresses (RFC 4291, 2.5.5.2). */
function octetsOfMapped(groups: readonly number[]): number[] | null {
  const [high = 0, low = 0] = groups.slice(6)
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  return mapped ? [high >> 8, high & 0xff, low >> 8, low & 0xff] : null
}
