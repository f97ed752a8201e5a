import { once } from 'node:events'
import { WebSocket } from 'ws'
import { connectRole } from '../../engine/nats/connect.ts'
import type { DeskGatewayFrame } from '../../schemas/protocol/desk.ts'
import type { GatewayFrame } from '../../schemas/protocol/widget.ts'
import { gatewayRoleNames, type StaffRole } from '../../schemas/roles.ts'
import { AllowedHosts } from '../../workers/calls/client/allowed-hosts.ts'
import { type Gateway, type GatewayConnections, startGateway } from '../../workers/gateway/gateway.ts'
import { readFileSettings } from '../../workers/settings/files.ts'
import type { GatewaySettings } from '../../workers/settings/gateway.ts'
import { startTestWorld, type TestWorld, until } from '../engine/test-world.ts'

/** Roomy, so that only the tests about limits meet them. */
export const roomy: GatewaySettings = {
  host: '127.0.0.1',
  port: 0,
  portIsGiven: true,
  publicUrl: undefined,
  origins: [],
  trustProxy: false,
  remoteSignIn: false,
  loginRequired: false,
  pushHosts: AllowedHosts.parse('push.test') as AllowedHosts,
  identityProvider: undefined,
  limits: {
    connectionsMax: 1_000,
    connectionsPerAddressMax: 1_000,
    eventsPerSecondMax: 1_000,
    eventsPerSecondPerAddressMax: 10_000,
    bytesPerSecondMax: 1_000_000,
    bytesPerSecondPerAddressMax: 10_000_000,
    conversationsPerMinutePerAddressMax: 100_000,
    conversationsPerDayPerAddressMax: 1_000_000,
    openRequestsPerAddressMax: 1_000_000,
  },
  files: readFileSettings({}),
}

/** A world with an engine and a notifier, and a gateway on it. */
export async function startGatewayWorld(): Promise<{ world: TestWorld; gateway: Gateway }> {
  const world = await startTestWorld()
  await world.startEngine()
  await world.startNotifier()
  return { world, gateway: await startTestGateway(world) }
}

/** A gateway on the world's NATS, each role by its own account; stops with the world at the latest. */
export async function startTestGateway(
  world: Pick<TestWorld, 'server' | 'log' | 'onStop'>,
  options: Partial<GatewaySettings> = {},
  ownMachines: Parameters<typeof startGateway>[3] = [],
  lagSecondsMax?: number,
): Promise<Gateway> {
  const connected = gatewayRoleNames.map(
    async (role) => [role, await connectRole(world.server.roles[role], `test ${role}`)] as const,
  )
  const connections = Object.fromEntries(await Promise.all(connected)) as GatewayConnections
  const gateway = await startGateway(
    connections,
    world.log,
    { ...roomy, ...options },
    ownMachines,
    lagSecondsMax,
  )
  let stopped: Promise<void> | undefined
  const stop = async () => {
    await gateway.stop()
    await Promise.all(Object.values(connections).map((role) => role.close()))
  }
  const stopOnce = () => {
    stopped ??= stop()
    return stopped
  }
  world.onStop(stopOnce)
  return { ...gateway, stop: stopOnce }
}

/** The headers of somebody who has signed in at one of the gateway's pages; `ann` is called Ann. */
export async function signedIn(
  { url, identity }: Gateway,
  role: StaffRole,
  id: string,
  workspaces: string[] | 'all' = 'all',
): Promise<{ cookie: string; origin: string }> {
  const name = `${id[0]?.toUpperCase()}${id.slice(1)}`
  return await signedInBy(await identity.createCode({ role, id, name, workspaces }, 60), url)
}

/** The headers of somebody who has opened the link with a one-time code. */
export async function signedInBy(code: string, url: string): Promise<{ cookie: string; origin: string }> {
  const [cookie] = (await postCode(code, url)).headers.getSetCookie()
  if (cookie === undefined) throw new Error('the code signs nobody in')
  return { cookie: cookie.replace(/;.*/, ''), origin: url }
}

export function postCode(code: string, url: string): Promise<Response> {
  return fetch(`${url}/v1/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ code }),
  })
}

type Frame = { type: string } & Record<string, unknown>

/** A client of the gateway's that keeps all that it is sent. */
export class TestClient<F extends { type: string } = Frame> {
  readonly frames: F[] = []
  readonly socket: WebSocket
  /** The code that it was closed with, and 0 until then. */
  closed = 0

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.frames.push(JSON.parse(String(data))))
    socket.on('close', (code) => {
      this.closed = code
    })
    socket.on('error', () => {})
  }

  /** Rejects where the gateway does not open the WebSocket: `Unexpected server response: 403`. */
  static async open<F extends { type: string }>(
    gateway: { url: string },
    path: string,
    headers: Record<string, string> = {},
  ): Promise<TestClient<F>> {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${path}`, { headers })
    const client = new TestClient<F>(socket)
    await once(socket, 'open')
    return client
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** The first frame of a type, or the first that is so; waits for it as long as the gateway keeps the connection. */
  async first<T extends F['type']>(
    type: T,
    isSo: (frame: Extract<F, { type: T }>) => boolean = () => true,
  ): Promise<Extract<F, { type: T }>> {
    const find = () => this.all(type).find(isSo)
    const cause = await until(() => find() !== undefined || this.closed !== 0).then(
      () => undefined,
      (error: unknown) => error,
    )
    const found = find()
    if (found) return found
    throw new Error(`no ${type} came before ${this.closed}; there came ${JSON.stringify(this.frames)}`, {
      cause,
    })
  }

  all<T extends F['type']>(type: T): Extract<F, { type: T }>[] {
    return this.frames.filter((frame): frame is Extract<F, { type: T }> => frame.type === type)
  }

  /** What was said, in order. */
  texts(): string[] {
    const records = this.frames.filter(({ type }) => type === 'record') as unknown as {
      messages?: { text?: string; type: string }[]
    }[]
    return records.flatMap(({ messages = [] }) => messages.map(({ text, type }) => text ?? type))
  }

  /** Settles once the gateway has closed it; says the code. */
  async end(): Promise<number> {
    await until(() => this.closed !== 0)
    return this.closed
  }

  close(): void {
    this.socket.terminate()
  }
}

export type Customer = TestClient<GatewayFrame>

/** A customer's connection that has been welcomed. */
export async function customerOf(
  gateway: { url: string },
  hello: object = { channel: 'web' },
): Promise<{ client: Customer; session: string; conversation: string }> {
  const client = await TestClient.open<GatewayFrame>(gateway, '/v1/widget')
  client.send({ type: 'hello', ...hello })
  const { session, conversation } = await client.first('welcome')
  await client.first('ready')
  return { client, session, conversation }
}

export type Desk = TestClient<DeskGatewayFrame>

/** A desk of a workspace that has been told all that is open. */
export async function openDesk(
  gateway: { url: string },
  headers: Record<string, string>,
  workspace = 'main',
): Promise<Desk> {
  const desk: Desk = await TestClient.open(gateway, `/v1/desk?workspace=${workspace}`, headers)
  await desk.first('ready')
  return desk
}
