import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A request as the API got it. */
export interface Got {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface TestApi {
  port: number
  /** Without a slash at its end. */
  url: string
  got: Got[]
  /** How many connections were made to it. */
  connections(): number
}

type Answer = (request: Got, response: ServerResponse, count: number) => void

/** A company's API, on an address of this machine, for the length of a test. */
export async function startTestApi(answer: Answer, address = '127.0.0.1'): Promise<TestApi> {
  const got: Got[] = []
  let connections = 0
  const server: Server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const one = { method, path, headers, body: await text(request) }
    got.push(one)
    answer(one, response, got.length)
  })
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const host = address.includes(':') ? `[${address}]` : address
  return { port, url: `http://${host}:${port}`, got, connections: () => connections }
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
