import { expect, test } from 'vitest'
import { connectOptions } from '../../engine/nats/connect-options.ts'

test.each([
  ['nats://127.0.0.1:4222', { servers: ['nats://127.0.0.1:4222'] }],
  ['nats.example.org', { servers: ['nats.example.org'] }],
  ['nats://jo:secret@a:4222', { servers: ['nats://a:4222'], user: 'jo', pass: 'secret' }],
  ['nats://jo:p%40ss%2C%3A%2F@a:4222/', { servers: ['nats://a:4222'], user: 'jo', pass: 'p@ss,:/' }],
  ['nats://jo:a@b@c:4222', { servers: ['nats://c:4222'], user: 'jo', pass: 'a@b' }],
  ['nats://jo:@a', { servers: ['nats://a'], user: 'jo', pass: '' }],
  ['tls://t0ken@a:4222', { servers: ['tls://a:4222'], token: 't0ken' }],
  ['nats://jo:s@a:1, nats://b:2', { servers: ['nats://a:1', 'nats://b:2'], user: 'jo', pass: 's' }],
  ['nats://[::1]:4222', { servers: ['nats://[::1]:4222'] }],
])('%s', (url, options) => expect(connectOptions(url)).toEqual(options))

test('an empty address is refused', () => expect(() => connectOptions(' ')).toThrow('NATS_URL'))
