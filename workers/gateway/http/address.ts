import { isIP, isIPv6 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** The key by which limits count a request's address. What a proxy names that is no address counts as the proxy. */
export function addressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const named = withoutPort(ip)
  return addressKey(isIP(named) ? named : (socket.remoteAddress ?? ''))
}

/**
 * The key of an address. A household has 2^64 IPv6 addresses and more (RFC 6177) with the same first half: that half
 * is the key. An IPv6 address that stands for an IPv4 address counts as the latter.
 */
export function addressKey(ip: string): string {
  const ipv4 = /^::ffff:([\d.]+)$/i.exec(ip)?.[1]
  if (ipv4 !== undefined || !isIPv6(ip)) return ipv4 ?? ip
  // The URL parser normalizes it: no leading zeros.
  const { hostname } = new URL(`http://[${ip.replace(/%.*/, '')}]`)
  const [before, after] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean))
  if (!before || !after) return hostname.slice(1, -1).split(':').slice(0, 4).join(':')
  const zeros = Array(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}

/** Some proxies write `192.0.2.1:5678` or `[2001:db8::1]:5678` into `X-Forwarded-For`. */
function withoutPort(address: string): string {
  const [, ipv6, ipv4] = /^(?:\[(.*)\](?::\d+)?|([\d.]+):\d+)$/.exec(address) ?? []
  return ipv6 ?? ipv4 ?? address
}

/** @param key of an address; that of `::1` is its first half */
export function isLoopback(key: string): boolean {
  return key.startsWith('127.') || key === '0:0:0:0'
}
