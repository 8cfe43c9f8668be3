/**
 * Names that are never on the public network (RFC 6761, 6762, 8375, and ICANN's `internal`). Platform and resolver must keep
 * the rest apart: a public name may still point inwards.
 */
const NOT_PUBLIC = /(^|\.)(localhost|local|internal|intranet|private|corp|home|lan|home\.arpa|test|invalid|onion)$/

/** The rest of a sentence that begins with the setting's name; null where events may be sent there. It never quotes it. */
export function webhookAddressProblem(address: string, { allowPrivate }: { allowPrivate: boolean }): string | null {
  if (!URL.canParse(address)) return 'must be addresses'
  const { protocol, username, password, hash, hostname } = new URL(address)
  if (username || password || hash) return 'may hold neither credentials nor fragments'
  if (allowPrivate) return /^https?:$/.test(protocol) ? null : 'must be http or https addresses'
  if (protocol !== 'https:') return 'must be https addresses'
  return isPublicName(hostname) ? null : 'must name their hosts by public DNS names'
}

/** A URL writes every spelling of an IPv4 address as four decimal numbers, and IPv6 in brackets. */
function isPublicName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '')
  const labels = name.split('.')
  const isName = labels.length > 1 && labels.every((label) => /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(label))
  return isName && !/^\d+$/.test(labels.at(-1) ?? '') && !NOT_PUBLIC.test(name)
}
