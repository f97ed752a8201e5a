import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import type { Unready } from '../../schemas/protocol/health.ts'
import { listenOn, urlOf } from './free-port.ts'
import { registry } from './metrics.ts'
import { live, readyAnswer } from './readiness.ts'

export interface MonitoringAddress {
  metricsHost: string
  metricsPort: number
  portIsGiven: boolean
}

/**
 * `GET /livez`, `/readyz` and `/metrics` of a process, whatever workers it runs. It is to be reached by its operators
 * only: it serves neither a sign-in nor TLS.
 */
export class MonitoringServer {
  readonly url: string
  readonly #server: Server
  readonly #workers = new Map<string, (() => Promise<Unready[]>) | undefined>()
  #isStopping = false

  private constructor(server: Server, host: string) {
    this.#server = server
    this.url = urlOf(host, (server.address() as AddressInfo).port)
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  static async listen(
    { metricsHost, metricsPort, portIsGiven }: MonitoringAddress,
    log: Logger,
  ): Promise<MonitoringServer> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 })
    const wanted = { port: metricsPort, portIsGiven, variable: 'FRONTDESK_METRICS_PORT' }
    await listenOn(wanted, log, async (port) => {
      server.listen(port, metricsHost)
      await once(server, 'listening')
    })
    const monitoring = new MonitoringServer(server, metricsHost)
    log.info({ url: monitoring.url }, 'metrics and health: /metrics, /livez, /readyz')
    return monitoring
  }

  /** Makes the process unready until this worker is ready. */
  expect(role: string): void {
    this.#workers.set(role, undefined)
  }

  /** The worker is at work. @param unready the reasons why it would not serve customers now */
  started(role: string, unready: () => Promise<Unready[]>): void {
    this.#workers.set(role, unready)
  }

  /** The process is not ready any more. */
  stopping(): void {
    this.#isStopping = true
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, type: string, body: string) => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
      response.end(method === 'HEAD' ? undefined : body)
    }
    const sendJson = (status: number, body: object) => send(status, 'application/json', JSON.stringify(body))
    if (method !== 'GET' && method !== 'HEAD')
      return sendJson(405, { code: 'not_allowed', message: 'only GET and HEAD are served here' })
    switch (url.split('?')[0]) {
      case '/livez':
        return sendJson(200, live)
      case '/readyz': {
        const { status, body } = readyAnswer(await this.#unready())
        return sendJson(status, body)
      }
      case '/metrics':
        try {
          return send(200, registry.contentType, await registry.metrics())
        } catch (error) {
          return sendJson(500, { code: 'failed', message: (error as Error).message })
        }
      default:
        return sendJson(404, { code: 'not_found', message: 'there are /livez, /readyz and /metrics' })
    }
  }

  /** One reason of each code: workers of a process see the same NATS. */
  async #unready(): Promise<Unready[]> {
    if (this.#isStopping) return [{ code: 'stopping', message: 'the process stops' }]
    const found = await Promise.all(
      [...this.#workers].map(
        ([role, unready]): Promise<Unready[]> | Unready[] =>
          unready?.() ?? [{ code: 'starting', message: `the ${role} is starting`, role }],
      ),
    )
    return [...new Map(found.flat().map((reason) => [reason.code, reason])).values()]
  }
}
