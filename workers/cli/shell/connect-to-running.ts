import { connectNats, type Nats } from '../../../engine/nats/connect.ts'
import type { NatsAccess } from '../../../engine/nats/connect-options.ts'
import { ensureTopology, hasTopology } from '../../../engine/nats/ensure-topology.ts'
import type { GatewayRole } from '../../../schemas/roles.ts'
import { runningServer } from '../../nats-server/embedded/embedded-server.ts'
import { isRefusal, unreachable } from '../../nats-server/resolve/patiently.ts'
import { presentUrl, type ServerUrls } from '../../nats-server/roles.ts'
import { readSettings, type Settings } from '../../settings/settings.ts'

/** NATS_URL names no server, and none runs for the data folder. */
export class NotRunning extends Error {}

/** The URLs of the running NATS: NATS_URL's, or those of the data folder's server. Throws NotRunning. */
export async function runningNats({ natsUrl, natsRoleUrls, data }: Settings): Promise<ServerUrls> {
  const urls = natsUrl && natsRoleUrls ? { url: natsUrl, roles: natsRoleUrls } : await runningServer(data)
  if (!urls)
    throw new NotRunning(
      `no NATS server runs for ${data}: run \`npm start\`, or set NATS_URL to one that runs`,
    )
  return urls
}

/** How to connect to the NATS of the settings: with all rights, or in a role. */
export function accessOf(
  urls: ServerUrls,
  { natsUrl, natsLogins, data }: Settings,
  role?: GatewayRole,
): NatsAccess {
  const url = role === undefined ? urls.url : urls.roles[role]
  if (natsUrl === undefined) return { url, reread: () => presentUrl(url, data) }
  return { url, ...(role === undefined ? natsLogins.engine : natsLogins.roles[role]) }
}

/** Connects to the running NATS. Throws as `runningNats`, or where it does not answer. */
export async function connectToRunning(settings: Settings, name: string): Promise<Nats> {
  const urls = await runningNats(settings)
  return connectNats(accessOf(urls, settings), name).catch((error: Error) => {
    throw isRefusal(error) ? error : unreachable(urls.url, error)
  })
}

type Use<T> = (nats: Nats, settings: Settings) => Promise<T>

/** As `withRunning`, and creates the streams and buckets that are missing: no worker may have run yet. */
export function withTopology<T>(name: string, use: Use<T>): Promise<T> {
  return withRunning(name, async (nats, settings) => {
    await ensureTopology(nats, settings)
    return use(nats, settings)
  })
}

/** As `withRunning`, for a command that needs conversations. Throws if frontdesk has never run on this NATS. */
export function withFrontdesk<T>(name: string, use: Use<T>): Promise<T> {
  return withRunning(name, async (nats, settings) => {
    if (await hasTopology(nats)) return use(nats, settings)
    throw new Error('frontdesk has never run on this NATS: run `npm start`, or `npx frontdesk engine`')
  })
}

/** Connects to the running NATS, and closes the connection after `use`. */
export async function withRunning<T>(name: string, use: Use<T>): Promise<T> {
  const settings = readSettings(process.env)
  const nats = await connectToRunning(settings, name)
  return use(nats, settings).finally(() => nats.close())
}
