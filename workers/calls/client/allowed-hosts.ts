import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** An entry of the list: a name, a name with all its subdomains, or a network; at one port, if it names one. */
type Entry = { port: number | undefined } & (
  | { name: string; isAnyBelow: boolean }
  | { network: Address; bits: number }
)

/** The URL of a call or a redirect, or the address of its host, is not allowed. */
export class HostNotAllowed extends Error {}

/**
 * The hosts that calls may reach: the listed ones, at public addresses unless the address is listed, too. A name may
 * resolve to another address later, so the URL is checked first, and then the address of the connection.
 */
export class AllowedHosts {
  readonly #entries: Entry[]
  readonly #ownAddresses: () => string[]

  private constructor(entries: Entry[], ownAddresses: () => string[]) {
    this.#entries = entries
    this.#ownAddresses = ownAddresses
  }

  /** Parses entries that are separated by commas; `null` where one is neither a name nor an address nor a network. */
  static parse(list: string, ownAddresses = addressesOfThisMachine): AllowedHosts | null {
    const entries = list
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')
      .map(entryOf)
    return entries.every((entry) => entry !== null) ? new AllowedHosts(entries, ownAddresses) : null
  }

  /** Throws HostNotAllowed. A name's addresses are checked later, by `checkAddress`. */
  checkUrl(url: URL): void {
    const { protocol, hostname } = url
    if (protocol !== 'https:' && protocol !== 'http:')
      throw new HostNotAllowed(`${protocol} is neither https nor http`)
    if (url.username !== '' || url.password !== '')
      throw new HostNotAllowed('the URL names a user: use a header with a secret')
    const port = portOf(url)
    const literal = addressOf(hostname.replace(/^\[|\]$/g, ''))
    if (literal && this.#isListed(literal, port)) return
    const name = withoutRoot(hostname)
    const isListed = this.#entries.some(
      (entry) =>
        'name' in entry &&
        (entry.isAnyBelow ? name.endsWith(`.${entry.name}`) : name === entry.name) &&
        port === (entry.port ?? defaultPort(protocol)),
    )
    if (!isListed) throw new HostNotAllowed(`${hostname} with port ${port} is not ${listName}`)
  }

  /** Checks the address that a connection for a checked URL is about to be made to. Throws HostNotAllowed. */
  checkAddress(text: string, protocol: string, port: number): void {
    const address = addressOf(text)
    if (!address) throw new HostNotAllowed('the host resolves to something that is not an address')
    const isOutside = isPublic(address) && !this.#isOwn(address)
    if (!isOutside && !this.#isListed(address, port))
      throw new HostNotAllowed(`the host is at ${address}, which is not public and not ${listName}`)
    // Plain http is acceptable within the own network; elsewhere others may listen.
    if (isOutside && protocol !== 'https:')
      throw new HostNotAllowed('http is for private addresses that are on the list: use https')
  }

  #isOwn(address: Address): boolean {
    return this.#ownAddresses().some((own) => addressOf(own)?.toString() === address.toString())
  }

  #isListed(address: Address, port: number): boolean {
    return this.#entries.some(
      (entry) =>
        'network' in entry &&
        entry.network.kind() === address.kind() &&
        address.match(entry.network, entry.bits) &&
        port === (entry.port ?? port),
    )
  }
}

const listName = 'in FRONTDESK_API_HOSTS'

function entryOf(text: string): Entry | null {
  const [, host = '', digits] = /^(\[.*\]|[^:]*):(\d{1,5})$/.exec(text) ?? ['', text]
  const port = digits === undefined ? undefined : Number(digits)
  if (port !== undefined && (port < 1 || port > 65_535)) return null
  const network = networkOf(host.replace(/^\[(.*)\]$/, '$1'))
  if (network) return { ...network, port }
  const isAnyBelow = host.startsWith('*.')
  const name = nameOf(isAnyBelow ? host.slice(2) : host)
  return name === null ? null : { name, isAnyBelow, port }
}

function networkOf(text: string): { network: Address; bits: number } | null {
  const [address = '', bits, ...rest] = text.split('/')
  const network = parseAddress(address)
  if (!network || rest.length > 0) return null
  const bitsMax = network.kind() === 'ipv4' ? 32 : 128
  const given = bits === undefined ? bitsMax : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN
  if (!(given <= bitsMax)) return null
  // Addresses are looked up unwrapped (`addressOf`).
  if (network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && given >= 96)
    return { network: network.toIPv4Address(), bits: given - 96 }
  return { network, bits: given }
}

/** The name as URL writes it: in lower case and ASCII. */
function nameOf(text: string): string | null {
  if (!/^[^\s/?#@:%*\\[\]]+$/.test(text) || !URL.canParse(`https://${text}`)) return null
  const name = withoutRoot(new URL(`https://${text}`).hostname)
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name) && !parseAddress(name) ? name : null
}

/** `localhost.` is `localhost`: the dot is DNS's root. */
function withoutRoot(name: string): string {
  return name.replace(/\.$/, '')
}

/** An address in its canonical form, the only one that URL and resolvers write; IPv4-mapped IPv6 becomes IPv4. */
function addressOf(text: string): Address | null {
  const address = parseAddress(text)
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

function parseAddress(text: string): Address | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null
}

/** Whether the address may belong to a host of the internet. */
function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false
  // Only 2000::/3 of IPv6 is assigned; the library calls the rest unicast, too.
  return address instanceof ipaddr.IPv4 || address.match(givenIpv6)
}

const givenIpv6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address))
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? defaultPort(protocol) : Number(port)
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80
}
