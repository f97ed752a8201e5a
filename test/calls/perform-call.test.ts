import { Buffer } from 'node:buffer'
import { createServer } from 'node:net'
import { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import pino from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Call } from '../../schemas/conversation/call.ts'
import { callMethods } from '../../schemas/conversation/call.ts'
import { AllowedHosts } from '../../workers/calls/client/allowed-hosts.ts'
import {
  ApiClient,
  type Resolve,
  redirectsMax,
  responseBytesMax,
} from '../../workers/calls/client/api-client.ts'
import { attemptsMax, performCall } from '../../workers/calls/perform-call.ts'
import { json, startTestApi } from './test-api.ts'

const known: Record<string, string> = { shop: 's3cr3t-of-the-shop', erp: 'pa55word-of-the-erp' }

interface Setting {
  allowed?: string
  resolve?: Resolve
  signal?: AbortSignal
}

/** Performs a call as the worker does, and says what it has logged, too. */
async function perform(changes: Partial<Call> & { url: string }, setting: Setting = {}) {
  const { allowed = '127.0.0.1', resolve, signal = new AbortController().signal } = setting
  const client = new ApiClient(AllowedHosts.parse(allowed) as AllowedHosts, resolve)
  onTestFinished(() => client.close())
  const lines: string[] = []
  const sink = new Writable({
    write: (chunk, _, done) => {
      lines.push(String(chunk))
      done()
    },
  })
  const call: Call = {
    conversation: 'c1',
    call: 1,
    bot: 'shop',
    step: 'look up the order',
    method: 'GET',
    headers: {},
    timeoutMs: 10_000,
    save: {},
    ...changes,
  }
  const secrets = { valueOf: async (name: string) => known[name] }
  const answer = await performCall(call, { client, secrets, signal, log: pino({ level: 'trace' }, sink) })
  return { answer, log: lines.join(''), logged: lines.map((line) => JSON.parse(line)) }
}

describe('a request', () => {
  test.each(callMethods)('is made with %s', async (method) => {
    const api = await startTestApi((_, response) => json(response, { found: 'yes' }))
    const { answer, log } = await perform({
      method,
      url: `${api.url}/orders?id=1`,
      save: { found: 'found' },
    })
    expect(answer).toEqual({ call: 1, ok: true, status: 200, values: { found: 'yes' } })
    expect(api.got).toMatchObject([{ method, path: '/orders?id=1', body: '' }])
    expect(log).toBe('')
  })

  test('has a user agent, accepts JSON, and has an idempotency key', async () => {
    const api = await startTestApi((_, response) => json(response, {}))
    await perform({ conversation: 'c7', call: 3, url: api.url })
    expect(api.got[0]?.headers).toMatchObject({
      'user-agent': 'frontdesk',
      accept: 'application/json',
      'idempotency-key': 'c7.call.3',
    })
    expect(api.got[0]?.headers).not.toHaveProperty('content-type')
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('has a body of JSON with %s', async (method) => {
    const api = await startTestApi((_, response) => json(response, {}))
    const body = { order: '4711', note: 'é “x” \u{1F600}', nested: [1, true, null] }
    await perform({ method, url: api.url, body })
    expect(JSON.parse(api.got[0]?.body ?? '')).toEqual(body)
    expect(api.got[0]?.headers['content-type']).toBe('application/json')
  })

  test('has its author’s headers, except those of the transfer', async () => {
    const api = await startTestApi((_, response) => json(response, {}))
    await perform({
      url: api.url,
      headers: {
        'X-Shop': 'acme',
        Accept: 'application/vnd.acme+json',
        Host: 'elsewhere.example',
        'Idempotency-Key': 'mine',
        'Transfer-Encoding': 'chunked',
        'Content-Length': '5',
      },
    })
    expect(api.got[0]?.headers).toMatchObject({
      'x-shop': 'acme',
      accept: 'application/vnd.acme+json',
      host: `127.0.0.1:${api.port}`,
      'idempotency-key': 'c1.call.1',
    })
    expect(api.got[0]?.headers).not.toHaveProperty('transfer-encoding')
    expect(api.got[0]?.headers).not.toHaveProperty('content-length')
  })
})

describe('a response', () => {
  test('is read as texts at the variables’ paths; missing ones are left out', async () => {
    const answered = {
      order: { items: [{ name: 'Anvil' }], total: 12.5, isPaid: false, note: null, empty: '' },
    }
    const api = await startTestApi((_, response) => json(response, answered))
    const { answer } = await perform({
      url: api.url,
      save: {
        item: 'order.items.0.name',
        total: 'order.total',
        paid: 'order.isPaid',
        note: 'order.note',
        empty: 'order.empty',
        none: 'order.items.1.name',
        deeper: 'order.total.value',
        inherited: 'order.constructor.name',
        prototype: '__proto__.x',
      },
    })
    expect(answer.values).toEqual({ item: 'Anvil', total: '12.5', paid: 'false', empty: '' })
  })

  test.each([
    ['an object', { a: { b: 1 } }],
    ['a list', { a: ['b'] }],
    ['a text that is too long', { a: 'x'.repeat(281) }],
  ])('%s cannot be a variable’s value', async (_, answered) => {
    const api = await startTestApi((_, response) => json(response, answered))
    const { answer } = await perform({ url: api.url, save: { a: 'a' } })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'value_unusable' })
  })

  test('may have values of 280 code points', async () => {
    const text = '\u{1F600}'.repeat(280)
    const api = await startTestApi((_, response) => json(response, { text }))
    expect((await perform({ url: api.url, save: { text: 'text' } })).answer.values).toEqual({ text })
  })

  test.each([
    ['an empty body with 204', 204, ''],
    ['an empty body with 200', 200, ''],
  ])('%s succeeds without values', async (_, status, body) => {
    const api = await startTestApi((_, response) => void response.writeHead(status).end(body))
    const { answer } = await perform({ url: api.url, save: { a: 'a' } })
    expect(answer).toEqual({ call: 1, ok: true, status, values: {} })
  })

  test('need not be JSON if nothing is saved', async () => {
    const api = await startTestApi((_, response) => void response.end('all is well'))
    expect((await perform({ url: api.url })).answer).toMatchObject({ ok: true, values: {} })
    const { answer, log } = await perform({ url: api.url, save: { a: 'a' } })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'not_json' })
    expect(log).not.toContain('all is')
    expect(api.got).toHaveLength(2)
  })

  test('must be JSON in UTF-8', async () => {
    const api = await startTestApi((_, response) => void response.end(Buffer.from('{"a":"\xe9"}', 'latin1')))
    expect((await perform({ url: api.url, save: { a: 'a' } })).answer.failure).toBe('not_json')
  })

  test('may be compressed', async () => {
    const api = await startTestApi((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":"b"}'))
    })
    expect((await perform({ url: api.url, save: { a: 'a' } })).answer.values).toEqual({ a: 'b' })
    expect(api.got[0]?.headers['accept-encoding']).toBe('gzip')
  })

  test('is refused if its compression is broken', async () => {
    const api = await startTestApi((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"a":"b"}')
    })
    expect((await perform({ url: api.url, save: { a: 'a' } })).answer.failure).toBe('not_json')
  })

  const ofSize = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`

  test('may have as many bytes as the limit', async () => {
    const api = await startTestApi((_, response) => void response.end(ofSize(responseBytesMax)))
    expect((await perform({ url: api.url, save: { b: 'b' } })).answer.ok).toBe(true)
  })

  test.each([
    ['one byte more', {}, ofSize(responseBytesMax + 1)],
    ['a bomb', { 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))],
  ])('%s is too large, and is not requested again', async (_, headers, body) => {
    const api = await startTestApi((_, response) => void response.writeHead(200, headers).end(body))
    const { answer } = await perform({ url: api.url, save: { b: 'b' } })
    expect(answer).toMatchObject({ ok: false, failure: 'too_large' })
    expect(api.got).toHaveLength(1)
  })

  test('is cut off at the size limit if it never ends, whatever its stated length', async () => {
    const api = await startTestApi((_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' })
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 'x')));
      }
      response.on('drain', more)
      more()
    })
    expect((await perform({ url: api.url })).answer.failure).toBe('too_large')
  })

  test('is refused if it is shorter than its stated length', async () => {
    const api = await startTestApi((_, response, count) => {
      if (count > 1) return json(response, { a: 'b' })
      response.writeHead(200, { 'content-length': 100 })
      response.write('{"a":"b"}')
      setImmediate(() => response.destroy())
    })
    const { answer } = await perform({ url: api.url, save: { a: 'a' } })
    expect(answer.values).toEqual({ a: 'b' })
    expect(api.got).toHaveLength(2)
  })
})

describe('an attempt that fails with a transient error', () => {
  test.each([408, 425, 429, 500, 503, 599])('%i is repeated with the same key', async (status) => {
    const api = await startTestApi((_, response, count) => json(response, {}, count === 1 ? status : 201))
    const { answer, log } = await perform({ method: 'POST', url: api.url, body: { a: 1 } })
    expect(answer).toEqual({ call: 1, ok: true, status: 201, values: {} })
    expect(api.got.map(({ headers, body }) => [headers['idempotency-key'], body])).toEqual([
      ['c1.call.1', '{"a":1}'],
      ['c1.call.1', '{"a":1}'],
    ])
    expect(log).toBe('')
  })

  test('is one of three at most, logged in one line', async () => {
    const api = await startTestApi((_, response) => json(response, { trace: 'inner workings' }, 503))
    const { answer, log, logged } = await perform({ url: `${api.url}/orders?token=t0ken` })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'refused', status: 503 })
    expect(api.got).toHaveLength(attemptsMax)
    expect(logged).toMatchObject([
      {
        ...{ conversation: 'c1', call: 1, bot: 'shop', step: 'look up the order', failure: 'refused' },
        ...{ status: 503, attempts: 3, host: `127.0.0.1:${api.port}`, ms: expect.any(Number) },
      },
    ])
    expect(log).not.toMatch(/inner workings|t0ken/)
  })

  test.each([301, 304, 400, 401, 403, 404, 409, 422, 451])(
    '%i is not repeated: the call is refused at once',
    async (status) => {
      const api = await startTestApi((_, response) => void response.writeHead(status).end())
      const { answer } = await perform({ url: api.url })
      expect(answer).toEqual({ call: 1, ok: false, failure: 'refused', status })
      expect(api.got).toHaveLength(1)
    },
  )

  test('is repeated after a broken connection', async () => {
    const api = await startTestApi((_, response, count) => {
      if (count < 3) response.destroy()
      else json(response, {})
    })
    expect((await perform({ url: api.url })).answer.ok).toBe(true)
    expect(api.got).toHaveLength(3)
  })

  test('is unreachable if the host does not answer', async () => {
    const api = createServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void api.close())
    const { port } = api.address() as { port: number }
    const { answer, logged } = await perform({ url: `http://127.0.0.1:${port}` })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'unreachable' })
    expect(logged).toMatchObject([{ attempts: 3, reason: 'UND_ERR_SOCKET' }])
  })

  test('is unreachable if the name is unknown', async () => {
    const resolve = async () => {
      throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
    }
    const { answer, logged } = await perform(
      { url: 'https://api.example.com/' },
      { allowed: 'api.example.com', resolve },
    )
    expect(answer.failure).toBe('unreachable')
    expect(logged).toMatchObject([{ attempts: 3, reason: 'ENOTFOUND' }])
  })

  test.each([
    ['in seconds', () => '1'],
    ['as a date', () => new Date(Date.now() + 1_500).toUTCString()],
  ])('is repeated after the API’s Retry-After, %s', async (_, retryAfter) => {
    const times: number[] = []
    const api = await startTestApi((_, response, count) => {
      times.push(Date.now())
      if (count > 1) json(response, {})
      else response.writeHead(429, { 'retry-after': retryAfter() }).end()
    })
    expect((await perform({ url: api.url })).answer.ok).toBe(true)
    // A date has whole seconds.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(400)
  })

  test('is the last if the API’s Retry-After exceeds the call’s time-out', async () => {
    const api = await startTestApi(
      (_, response) => void response.writeHead(503, { 'retry-after': '60' }).end(),
    )
    const { answer } = await perform({ url: api.url, timeoutMs: 5_000 })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'refused', status: 503 })
    expect(api.got).toHaveLength(1)
  })
})

describe('the time-out of a call', () => {
  test.each([
    ['says nothing', () => {}],
    [
      'never ends its answer',
      (_: unknown, response: { write(text: string): void }) => {
        response.write('{')
        const timer = setInterval(() => response.write(' '), 20)
        onTestFinished(() => clearInterval(timer))
      },
    ],
  ])('ends a call to an API that %s', async (_, answer) => {
    const api = await startTestApi(answer)
    const performed = await perform({ url: api.url, timeoutMs: 300 })
    expect(performed.answer).toEqual({ call: 1, ok: false, failure: 'timed_out' })
    expect(performed.logged).toMatchObject([{ failure: 'timed_out', attempts: 1 }])
  })

  test('covers all attempts together', async () => {
    const api = await startTestApi((_, response, count) => {
      if (count === 1) json(response, {}, 500)
    })
    expect((await perform({ url: api.url, timeoutMs: 5_000 })).answer.failure).toBe('timed_out')
    expect(api.got).toHaveLength(2)
  })

  test('is cut short by a stop of the caller, without an answer', async () => {
    const stop = new AbortController()
    const api = await startTestApi(() => stop.abort(new Error('stopped')))
    await expect(perform({ url: api.url }, { signal: stop.signal })).rejects.toThrow('stopped')
    await expect(perform({ url: api.url }, { signal: stop.signal })).rejects.toThrow('stopped')
    expect(api.got).toHaveLength(1)
  })
})

describe('a call may connect', () => {
  test('to no host without a list; the log names its variable', async () => {
    const api = await startTestApi((_, response) => json(response, {}))
    const { answer, logged } = await perform({ url: api.url }, { allowed: '' })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'host_not_allowed' })
    expect(logged).toMatchObject([{ reason: expect.stringContaining('FRONTDESK_API_HOSTS') }])
    expect(api.connections()).toBe(0)
  })

  test('not to this machine, in any notation of its address', async () => {
    const api = await startTestApi((_, response) => json(response, {}))
    const hosts = [
      ...['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '0x7f000001', '127.0.0.1.', '0'],
      ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::1]', '[::]', '%31%32%37.0.0.1'],
      ...['\uff11\uff12\uff17.0.0.1', '127\u30020.0.1', 'localhost', 'localhost.', 'LocalHost'],
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...hosts),
        fc.constantFrom('http', 'https'),
        async (host, protocol) => {
          const allowed = `api.example.com:${api.port}, *.example.com, 127.0.0.9, 10.0.0.0/8`
          const { answer } = await perform({ url: `${protocol}://${host}:${api.port}/` }, { allowed })
          expect(answer.failure).toBe('host_not_allowed')
        },
      ),
      { numRuns: 100 },
    )
    expect(api.connections()).toBe(0)
    // Listed, it is there in each of those forms.
    for (const host of ['127.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])
      expect((await perform({ url: `http://${host}:${api.port}/` })).answer.ok).toBe(true)
  })

  test.each(['127.0.0.1', '::1', '10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', 'fd00::1'])(
    'not to a listed name at %s',
    async (address) => {
      const api = await startTestApi((_, response) => json(response, {}))
      const resolve: Resolve = async () => [
        { address: '8.8.8.8', family: 4 },
        { address, family: address.includes(':') ? 6 : 4 },
      ]
      const { answer, logged } = await perform(
        { url: `https://api.example.com:${api.port}/` },
        { allowed: `api.example.com:${api.port}`, resolve },
      )
      expect(answer).toEqual({ call: 1, ok: false, failure: 'host_not_allowed' })
      expect(logged).toMatchObject([{ attempts: 1, reason: expect.stringContaining('not public') }])
      expect(api.connections()).toBe(0)
    },
  )

  test('to the checked address; each connection is checked again', async () => {
    const listed = await startTestApi((_, response) => {
      response.writeHead(503, { connection: 'close' }).end()
    }, '127.0.0.2')
    const asked: string[] = []
    const resolve: Resolve = async (name) => {
      asked.push(name)
      return [{ address: asked.length === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }]
    }
    const { answer } = await perform(
      { url: `http://rebinding.example:${listed.port}/` },
      { allowed: `rebinding.example:${listed.port}, 127.0.0.2`, resolve },
    )
    // The second attempt has been told another address.
    expect(answer.failure).toBe('host_not_allowed')
    expect(listed.got).toHaveLength(1)
    expect(asked).toEqual(['rebinding.example', 'rebinding.example'])
  })

  test('to a listed name at a listed private address, by its name', async () => {
    const api = await startTestApi((_, response) => json(response, {}))
    const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }]
    const { answer } = await perform(
      { url: `http://erp.example:${api.port}/` },
      { allowed: `erp.example:${api.port}, 127.0.0.0/8`, resolve },
    )
    expect(answer.ok).toBe(true)
    expect(api.got[0]?.headers.host).toBe(`erp.example:${api.port}`)
  })

  test('not by plain http to a public address, even a listed one', async () => {
    const { answer, logged } = await perform(
      { url: 'http://8.8.8.8/', timeoutMs: 1_000 },
      { allowed: '8.8.8.8' },
    )
    expect(answer.failure).toBe('host_not_allowed')
    expect(logged).toMatchObject([{ reason: expect.stringContaining('use https') }])
  })

  test('to no host if the URL is invalid', async () => {
    for (const url of ['', 'nonsense', 'http://', 'https://a b/', '//api.example.com/'])
      expect((await perform({ url })).answer.failure).toBe('host_not_allowed')
  })
})

describe('a redirect', () => {
  const ways = [
    [301, 'GET', 'GET', ''],
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', '{"a":1}'],
    [303, 'PUT', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [307, 'POST', 'POST', '{"a":1}'],
    [308, 'PATCH', 'PATCH', '{"a":1}'],
  ] as const

  test.each(ways)('%i of %s is followed with %s', async (status, method, then, body) => {
    const api = await startTestApi(({ path }, response) => {
      if (path === '/there') json(response, { a: 'b' })
      else response.writeHead(status, { location: '/there' }).end()
    })
    const { answer } = await perform({
      method,
      url: `${api.url}/here`,
      save: { a: 'a' },
      ...(method !== 'GET' && { body: { a: 1 } }),
    })
    expect(answer).toMatchObject({ ok: true, values: { a: 'b' } })
    expect(api.got[1]).toMatchObject({ method: then, path: '/there', body })
    expect(api.got[1]?.headers['content-type']).toBe(body === '' ? undefined : 'application/json')
    expect(api.got[1]?.headers['idempotency-key']).toBe('c1.call.1')
  })

  test('is followed three times at most', async () => {
    const api = await startTestApi(({ path }, response) => {
      response.writeHead(302, { location: `${path}x` }).end()
    })
    const { answer } = await perform({ url: `${api.url}/` })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'refused', status: 302 })
    expect(api.got).toHaveLength(redirectsMax + 1)
  })

  test.each([
    'http://127.0.0.2:1/',
    'http://10.0.0.1/',
    'http://localhost/',
    'https://evil.example/',
    'http://[::1]/',
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'http://user:password@127.0.0.1/',
  ])('to %s is not followed', async (location) => {
    const api = await startTestApi((_, response) => void response.writeHead(302, { location }).end())
    const { answer } = await perform({ url: api.url })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'host_not_allowed' })
    expect(api.got).toHaveLength(1)
  })

  test('to a listed name that is at a private address is not followed', async () => {
    const target = await startTestApi((_, response) => json(response, {}), '127.0.0.2')
    const api = await startTestApi((_, response) => {
      response.writeHead(302, { location: `http://inner.example:${target.port}/` }).end()
    })
    const resolve: Resolve = async () => [{ address: '127.0.0.2', family: 4 }]
    const allowed = `127.0.0.1, inner.example:${target.port}`
    const { answer } = await perform({ url: api.url }, { allowed, resolve })
    expect(answer.failure).toBe('host_not_allowed')
    expect(target.connections()).toBe(0)
  })

  test('without a location is refused', async () => {
    const api = await startTestApi((_, response) => void response.writeHead(302).end())
    expect((await perform({ url: api.url })).answer).toMatchObject({ failure: 'refused', status: 302 })
  })

  test('keeps secrets within an origin, and drops them at another', async () => {
    const other = await startTestApi(({ path }, response) => {
      if (path === '/back') response.writeHead(302, { location: `${api.url}/end` }).end()
      else response.writeHead(302, { location: '/back' }).end()
    })
    const api = await startTestApi(({ path }, response) => {
      if (path === '/start') response.writeHead(307, { location: `${other.url}/there` }).end()
      else json(response, {})
    })
    const headers = {
      Authorization: 'Bearer {{secret.shop}}',
      'X-Api-Key': '{{secret.erp}}',
      Cookie: 'a=b',
      'X-Shop': 'acme',
    }
    expect((await perform({ url: `${api.url}/start`, headers })).answer.ok).toBe(true)
    expect(api.got[0]?.headers).toMatchObject({
      authorization: `Bearer ${known.shop}`,
      'x-api-key': known.erp,
    })
    for (const { headers } of [...other.got, ...api.got.slice(1)]) {
      expect(JSON.stringify(headers)).not.toMatch(/s3cr3t|pa55word|a=b/)
      expect(headers['x-shop']).toBe('acme')
    }
    expect(other.got).toHaveLength(2)
  })
})

describe('a secret', () => {
  test('is put into the header when the call is performed, and nowhere else', async () => {
    const api = await startTestApi((_, response) => json(response, { id: 7 }))
    const { answer, log } = await perform({
      url: api.url,
      headers: { Authorization: 'Bearer {{secret.shop}}', 'X-Both': '{{ secret.shop }}:{{secret.erp}}' },
      save: { id: 'id' },
    })
    expect(api.got[0]?.headers).toMatchObject({
      authorization: `Bearer ${known.shop}`,
      'x-both': `${known.shop}:${known.erp}`,
    })
    expect(JSON.stringify(answer) + log).not.toMatch(/s3cr3t|pa55word/)
  })

  test('fails the call if it is unknown, and nothing is sent', async () => {
    const api = await startTestApi((_, response) => json(response, {}))
    const { answer, logged } = await perform({ url: api.url, headers: { 'X-Key': '{{secret.nobodys}}' } })
    expect(answer).toEqual({ call: 1, ok: false, failure: 'secret_unknown' })
    expect(logged).toMatchObject([{ reason: expect.stringContaining('frontdesk secrets set nobodys') }])
    expect(api.connections()).toBe(0)
  })

  test('is inserted verbatim, even with a placeholder or a pattern in it', async () => {
    known.odd = '$& {{secret.shop}} $1'
    onTestFinished(() => void delete known.odd)
    const api = await startTestApi((_, response) => json(response, {}))
    await perform({ url: api.url, headers: { 'X-Key': '{{secret.odd}}' } })
    expect(api.got[0]?.headers['x-key']).toBe(known.odd)
  })

  test('that no header can carry is reported without its value', async () => {
    known.odd = 's3cr3t\nwith a line break'
    onTestFinished(() => void delete known.odd)
    const api = await startTestApi((_, response) => json(response, {}))
    const { answer, log } = await perform({ url: api.url, headers: { 'X-Key': '{{secret.odd}}' } })
    expect(answer.failure).toBe('unreachable')
    expect(log).not.toContain('s3cr3t')
    expect(api.got).toEqual([])
  })

  const echoes: [string, (secret: string) => [number, Record<string, string>, string]][] = [
    ['in what it answers', (secret) => [200, {}, JSON.stringify({ a: `you sent ${secret}` })]],
    ['in what is no JSON', (secret) => [200, {}, `you sent ${secret}`]],
    ['in an error', (secret) => [400, { 'x-error': secret }, `bad key ${secret}`]],
    [
      'in the place of a redirect',
      (secret) => [302, { location: `https://evil.example/?key=${secret}` }, ''],
    ],
    ['in the host of a redirect', (secret) => [302, { location: `https://${secret}.example/` }, '']],
    ['in a redirect that leads nowhere', (secret) => [302, { location: `https://${secret} /` }, '']],
    ['in a broken header', (secret) => [200, { 'content-encoding': secret }, '{']],
  ]
  test.each(echoes)('that an API echoes %s is in no answer and no log', async (_, echo) => {
    const api = await startTestApi(({ headers }, response) => {
      const [status, head, body] = echo(String(headers['x-key']))
      response.writeHead(status, head).end(body)
    })
    const { answer, log } = await perform({
      url: api.url,
      headers: { 'X-Key': '{{secret.shop}}' },
      save: { a: 'a' },
    })
    expect(api.got[0]?.headers['x-key']).toBe(known.shop)
    expect(answer.ok).toBe(false)
    expect(log).not.toBe('')
    expect((JSON.stringify(answer) + log).toLowerCase()).not.toContain('s3cr3t')
  })
})
