import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAddress } from '../src/features/guard/networks.ts'

const group = fc.integer({ min: 0, max: 0xffff })
const octet = fc.integer({ min: 0, max: 255 })
const v4 = fc.tuple(octet, octet, octet, octet).filter((octets) => octets.some((one) => one > 0))
const v6 = fc
  .array(fc.oneof(fc.constant(0), group), { minLength: 8, maxLength: 8 })
  .filter((groups) => !/^0,0,0,0,0,(0|65535),0,0$/.test(groups.join()))

/** Any legal way to write eight groups: case, leading zeros, one run of zeros cut out, an IPv4 tail. */
const spellingOf = (groups: readonly number[]) =>
  fc
    .record({
      upper: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
      width: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 8, maxLength: 8 }),
      tail: fc.boolean(),
      cut: fc.option(fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 1, max: 8 }))),
    })
    .map(({ upper, width, tail, cut }) => {
      const hex = groups.map((one, index) => {
        const text = one.toString(16).padStart(width[index] ?? 1, '0')
        return upper[index] ? text.toUpperCase() : text
      })
      const [high = 0, low = 0] = groups.slice(6)
      const written = tail ? [...hex.slice(0, 6), `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`] : hex
      if (!cut) return written.join(':')
      const [start, wanted] = cut
      const end = Math.min(start + wanted, tail ? 6 : 8)
      const zeros = end > start && groups.slice(start, end).every((one) => one === 0)
      return zeros ? `${written.slice(0, start).join(':')}::${written.slice(end).join(':')}` : written.join(':')
    })

describe('4.1.3 the address is read one way', () => {
  it('CVE-2026-45364 every spelling of one IPv6 address is one network', () => {
    const pairs = v6.chain((groups) => fc.tuple(spellingOf(groups), spellingOf(groups)))
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        expect(parseAddress(one)).not.toBeNull()
        expect(parseAddress(one)).toEqual(parseAddress(other))
      }),
      { numRuns: 2_000 },
    )
  })

  it('6.3.1 v4-mapped equals v4, in every spelling', () => {
    const mapped = v4.chain((octets) => {
      const [a, b, c, d] = octets
      return fc.tuple(fc.constant(octets.join('.')), spellingOf([0, 0, 0, 0, 0, 0xffff, a * 256 + b, c * 256 + d]))
    })
    fc.assert(
      fc.property(mapped, ([plain, spelling]) => {
        expect(parseAddress(plain)).toEqual({ network: plain, prefix56: null, prefix48: null })
        expect(parseAddress(spelling)).toEqual(parseAddress(plain))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['::FFFF:102:304', '1.2.3.4'],
    ['0:0:0:0:0:ffff:0102:0304', '1.2.3.4'],
    ['::1', '0:0:0:0::/64'],
    ['2001:DB8:1:203:ffff::9', '2001:db8:1:203::/64'],
    ['::1.2.3.4', '0:0:0:0::/64'],
    ['64:ff9b::1.2.3.4', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:7::', '1:2:3:4::/64'],
  ])('%s counts as %s', (text, network) => {
    expect(parseAddress(text)?.network).toBe(network)
  })

  it('6.3.1 IPv6 by /64, with the /56 and the /48 around it', () => {
    expect(parseAddress('2001:db8:1:203::9')).toEqual({
      network: '2001:db8:1:203::/64',
      prefix56: '2001:db8:1:200::/56',
      prefix48: '2001:db8:1::/48',
    })
  })

  it('6.3.1 two addresses share a network exactly when their first 64 bits are the same', () => {
    fc.assert(
      fc.property(v6, v6, fc.boolean(), (one, other, sameHalf) => {
        const second = sameHalf ? [...one.slice(0, 4), ...other.slice(4)] : other
        fc.pre(one.slice(0, 6).some((part) => part > 0) && second.slice(0, 6).some((part) => part > 0))
        const isV4 = (groups: readonly number[]) =>
          groups.slice(0, 5).every((part) => part === 0) && groups[5] === 0xffff
        fc.pre(!isV4(one) && !isV4(second))
        const same = one.slice(0, 4).join() === second.slice(0, 4).join()
        const networks = [one, second].map((groups) => parseAddress(groups.map((part) => part.toString(16)).join(':')))
        expect(networks[0]?.network === networks[1]?.network).toBe(same)
      }),
    )
  })

  it.each([
    ...['', 'localhost', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.4:80', '1.2.3.4, 5.6.7.8'],
    ...[' 1.2.3.4', '1.2.3.4\n', '0x1.2.3.4', '１.2.3.4', '0.0.0.0', '::', '::ffff:0.0.0.0', ':::'],
    ...[
      '[::1]',
      '::1%eth0',
      'fe80::1%25eth0',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      '12345::',
      ':1:2:3:4:5:6:7',
    ],
    ...['1:2:3:4:5:6:7:', '::1/64', '1:2:3:4::5:6:7:8', '1.2.3.4::', '::1.2.3.4:5', '::g', '::1.2.3.04'],
  ])('%j is no address, so the caller fails closed', (text) => {
    expect(parseAddress(text)).toBeNull()
  })

  it('answers any text at all, and a missing one', () => {
    expect([parseAddress(null), parseAddress(undefined)]).toEqual([null, null])
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.%/') })), (text) => {
        const read = parseAddress(text)
        expect(read === null || read.network.length > 0).toBe(true)
      }),
    )
  })
})
