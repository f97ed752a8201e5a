import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AllowedHosts, HostNotAllowed } from '../../workers/calls/client/allowed-hosts.ts'
import { readSettings } from '../../workers/settings/settings.ts'
import { WrongSetting } from '../../workers/settings/variable.ts'

function listed(list: string): AllowedHosts {
  const allowed = AllowedHosts.parse(list)
  if (!allowed) throw new Error(`not a list: ${list}`)
  return allowed
}

const allows = (list: string, url: string) => {
  try {
    listed(list).checkUrl(new URL(url))
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(HostNotAllowed)
    return false
  }
}

const reaches = (list: string, address: string, protocol = 'https:', port = 443) => {
  try {
    listed(list).checkAddress(address, protocol, port)
    return true
  } catch (error) {
    expect(error).toBeInstanceOf(HostNotAllowed)
    return false
  }
}

describe('the list of hosts', () => {
  test.each([
    ['', 'https://api.example.com/', false],
    ['api.example.com', 'https://api.example.com/orders?id=1', true],
    ['api.example.com', 'https://API.Example.COM./', true],
    ['API.Example.com.', 'https://api.example.com/', true],
    ['api.example.com', 'https://example.com/', false],
    ['api.example.com', 'https://xapi.example.com/', false],
    ['api.example.com', 'https://api.example.com.evil.test/', false],
    ['api.example.com', 'https://api.example.com@evil.test/', false],
    ['api.example.com', 'https://evil.test/#api.example.com', false],
    ['api.example.com', 'https://evil.test\\@api.example.com/', false],
    ['*.example.com', 'https://api.example.com/', true],
    ['*.example.com', 'https://a.b.example.com/', true],
    ['*.example.com', 'https://example.com/', false],
    ['*.example.com', 'https://badexample.com/', false],
    ['b\u00fccher.example', 'https://xn--bcher-kva.example/', true],
    ['xn--bcher-kva.example', 'https://B\u00dcCHER.example/', true],
    ['other.example, api.example.com', 'https://api.example.com/', true],
  ])('%j: %s is allowed: %s', (list, url, expected) => {
    expect(allows(list, url)).toBe(expected)
  })

  test.each([
    ['api.example.com', 'https://api.example.com:443/', true],
    ['api.example.com', 'https://api.example.com:8443/', false],
    ['api.example.com', 'https://api.example.com:80/', false],
    ['api.example.com:8443', 'https://api.example.com:8443/', true],
    ['api.example.com:8443', 'https://api.example.com/', false],
    ['*.example.com:8443', 'https://api.example.com:8443/', true],
    ['10.0.0.7', 'http://10.0.0.7:9999/', true],
    ['10.0.0.7:8080', 'http://10.0.0.7:8080/', true],
    ['10.0.0.7:8080', 'http://10.0.0.7:8081/', false],
    ['10.0.0.0/8', 'https://10.200.0.7:9999/', true],
    ['10.0.0.0/8', 'https://11.0.0.7/', false],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080/', true],
    ['fd00::/8', 'http://[fd12::1]:8080/', true],
  ])('%j, by the port: %s is allowed: %s', (list, url, expected) => {
    expect(allows(list, url)).toBe(expected)
  })

  test('a user in a URL is refused: it would be a secret in a record', () => {
    expect(allows('api.example.com', 'https://user:password@api.example.com/')).toBe(false)
    expect(allows('api.example.com', 'https://user@api.example.com/')).toBe(false)
  })

  test.each(['ftp://api.example.com/', 'file:///etc/passwd', 'data:text/plain,x', 'ws://api.example.com/'])(
    '%s cannot be called',
    (url) => expect(allows('api.example.com', url)).toBe(false),
  )

  test.each([
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    'api.example.com/path',
    'https://api.example.com',
    'user@api.example.com',
    'api.example.com:0',
    'api.example.com:65536',
    '*',
    'a*.example.com',
    '*.*.example.com',
    '2130706433',
    '0x7f.1',
    '127.1',
    '[api.example.com]',
    'a b',
  ])('%s is refused when it is set', (list) => {
    expect(AllowedHosts.parse(`api.example.com,${list}`)).toBeNull()
    expect(() => readSettings({ FRONTDESK_API_HOSTS: list })).toThrow(WrongSetting)
  })

  test('allows nothing if it is not set', () => {
    const reads = (env: NodeJS.ProcessEnv) => () =>
      readSettings(env).apiHosts.checkUrl(new URL('https://api.example.com/'))
    expect(reads({})).toThrow(HostNotAllowed)
    expect(reads({ FRONTDESK_API_HOSTS: '' })).toThrow(HostNotAllowed)
    expect(reads({ FRONTDESK_API_HOSTS: 'api.example.com' })).not.toThrow()
  })
})

describe('the address of a connection', () => {
  test.each([
    ['8.8.8.8', true],
    ['2a00:1450:4001:80b::200e', true],
    ['127.0.0.1', false],
    ['127.8.9.10', false],
    ['0.0.0.0', false],
    ['10.1.2.3', false],
    ['172.16.0.1', false],
    ['192.168.1.1', false],
    ['100.64.0.1', false],
    ['169.254.169.254', false],
    ['198.18.0.1', false],
    ['224.0.0.1', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['::ffff:127.0.0.1', false],
    ['::ffff:8.8.8.8', true],
    ['::7f00:1', false],
    ['64:ff9b::7f00:1', false],
    ['64:ff9b:1::7f00:1', false],
    ['2002:7f00:1::', false],
    ['2001:0:7f00:1::', false],
    ['fe80::1', false],
    ['fe80::1%eth0', false],
    ['fec0::1', false],
    ['fd00::1', false],
    ['ff02::1', false],
    ['2001:db8::1', false],
    ['4000::1', false],
    ['not an address', false],
  ])('%s of a listed name is reached: %s', (address, expected) => {
    expect(reaches('api.example.com', address)).toBe(expected)
  })

  test('a private address is allowed if it or its network is listed', () => {
    expect(reaches('127.0.0.1', '127.0.0.1')).toBe(true)
    expect(reaches('127.0.0.1', '::ffff:127.0.0.1')).toBe(true)
    expect(reaches('::ffff:127.0.0.1', '127.0.0.1')).toBe(true)
    expect(reaches('::ffff:10.0.0.0/104', '10.9.9.9')).toBe(true)
    expect(reaches('127.0.0.1', '127.0.0.2')).toBe(false)
    expect(reaches('10.0.0.0/8', '10.9.9.9')).toBe(true)
    expect(reaches('fd00::/8', 'fd99::1')).toBe(true)
    expect(reaches('127.0.0.1:8080', '127.0.0.1', 'https:', 8081)).toBe(false)
  })

  test('this machine’s own addresses are refused', () => {
    const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    expect(own.length).toBeGreaterThan(0)
    for (const { address } of own) expect(reaches('api.example.com', address)).toBe(false)
    // A public one of its own, such as a server in a data centre has.
    const list = (text: string) => AllowedHosts.parse(text, () => ['8.8.8.8', '2a00::8'])
    for (const address of ['8.8.8.8', '::ffff:8.8.8.8', '2a00::8', '2a00:0::0:8']) {
      const connect = (text: string) => () => list(text)?.checkAddress(address, 'https:', 443)
      expect(connect('api.example.com')).toThrow(HostNotAllowed)
      expect(connect('api.example.com, 8.8.8.8, 2a00::8')).not.toThrow()
    }
  })

  test('plain http is allowed only for a listed private address', () => {
    expect(reaches('api.example.com', '8.8.8.8', 'http:', 80)).toBe(false)
    expect(reaches('api.example.com, 8.8.8.8', '8.8.8.8', 'http:', 80)).toBe(false)
    expect(reaches('api.example.com, 10.0.0.0/8', '10.0.0.1', 'http:', 80)).toBe(true)
  })
})

/** Written down a second time, from the registries of IANA: what is not for the internet at large. */
const notPublic = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  notPublic.addSubnet(network, bits, 'ipv4')

const octet = fc.nat(255)
const ipv4 = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(octet, octet, octet, octet) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom([127, 0], [10, 0], [192, 168], [169, 254], [172, 20], [0, 0], [100, 100]),
        octet,
        octet,
      )
      .map(([[a, b], c, d]) => [a, b, c, d] as [number, number, number, number]),
  },
)

const inBase = (base: 8 | 10 | 16) => (part: number) =>
  ({ 8: `0${part.toString(8)}`, 10: String(part), 16: `0x${part.toString(16)}` })[base]

/** What a browser, and so the WHATWG's parser, takes for an IPv4 address. */
const writtenIpv4 = fc
  .tuple(ipv4, fc.integer({ min: 1, max: 4 }), fc.constantFrom(8, 10, 16), fc.boolean(), fc.nat(3))
  .map(([[a, b, c, d], parts, base, isDotted, disguise]) => {
    const numbers = {
      1: [((a * 256 + b) * 256 + c) * 256 + d],
      2: [a, (b * 256 + c) * 256 + d],
      3: [a, b, c * 256 + d],
      4: [a, b, c, d],
    }[parts as 1 | 2 | 3 | 4]
    const text = numbers.map(inBase(base as 8 | 10 | 16)).join('.') + (isDotted ? '.' : '')
    if (disguise === 1) return text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
    if (disguise === 2) return text.replace(/[\d.]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
    if (disguise === 3) return text.replaceAll('.', '\u3002')
    return text
  })

const writtenIpv6 = fc
  .tuple(ipv4, fc.constantFrom('::ffff:', '::', '64:ff9b::', '::ffff:0:', 'fe80::', 'fd00::', '2002:'))
  .map(([[a, b, c, d], prefix]) => {
    const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
    return prefix === '2002:' ? `[2002:${hex}::1]` : `[${prefix}${hex}]`
  })

const writtenHost = fc.oneof(
  writtenIpv4,
  writtenIpv6,
  fc.constantFrom('localhost', 'localhost.', 'LOCALHOST'),
)
const writtenUrl = fc
  .tuple(
    fc.constantFrom('http', 'https', 'HTTPS'),
    fc.constantFrom('://', ':/', ':', ':\\\\', ':///'),
    writtenHost,
    fc.constantFrom('', ':443', ':80', ':8080', ':00443'),
    fc.constantFrom('', '/', '/path?query#fragment', '\\path'),
  )
  .map((parts) => parts.join(''))

describe('in any notation of an address', () => {
  test('no URL reaches an unlisted address', () => {
    let taken = 0
    fc.assert(
      fc.property(writtenUrl, (url) => {
        if (!URL.canParse(url)) return
        taken++
        expect(allows('api.example.com, *.example.com:8080, 203.0.113.7', url)).toBe(
          new URL(url).hostname === '203.0.113.7',
        )
      }),
      { numRuns: 2_000 },
    )
    expect(taken).toBeGreaterThan(1_000)
  })

  test('every notation of a listed address is allowed', () => {
    fc.assert(
      fc.property(writtenIpv4, (host) => {
        expect(allows('0.0.0.0/0', `https://${host}/`)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  test('a name may resolve to public addresses only, also in IPv6', () => {
    fc.assert(
      fc.property(ipv4, fc.boolean(), (parts, isMapped) => {
        const address = parts.join('.')
        const isOwn = Object.values(networkInterfaces()).some((all) =>
          all?.some((own) => own.address === address),
        )
        const is112 = /^192\.(175\.48|31\.196|52\.193)\./.test(address)
        expect(reaches('api.example.com', isMapped ? `::ffff:${address}` : address)).toBe(
          !notPublic.check(address) && !isOwn && !is112,
        )
      }),
      { numRuns: 2_000 },
    )
  })
})
