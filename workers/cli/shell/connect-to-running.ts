import { connectNats, type Nats } from '../../../engine/nats/connect.ts'
import { connectOptions } from '../../../engine/nats/connect-options.ts'
import { ensureTopology, hasTopology } from '../../../engine/nats/ensure-topology.ts'
import { runningServer } from '../../nats-server/embedded/embedded-server.ts'
import type { ServerUrls } from '../../nats-server/roles.ts'
import { readSettings, type Settings } from '../../settings/settings.ts'

/** The URLs of the running NATS: of NATS_URL, or of the data folder. Throws if there is none. */
export async function runningNats({ natsUrl, natsRoleUrls, data }: Settings): Promise<ServerUrls> {
  const urls = natsUrl && natsRoleUrls ? { url: natsUrl, roles: natsRoleUrls } : await runningServer(data)
  if (!urls)
    throw new Error(`no NATS server runs for ${data}: run \`npm start\`, or set NATS_URL to one that runs`)
  return urls
}

/** Its URL for workers. */
export async function runningNatsUrl(settings: Settings): Promise<string> {
  return (await runningNats(settings)).url
}

/** Connects to it. */
export async function connectToRunning(settings: Settings, name: string): Promise<Nats> {
  const url = await runningNatsUrl(settings)
  return connectNats(url, name).catch((error: Error) => {
    if (error.name === 'AuthorizationError') throw error
    throw new Error(`no NATS server could be reached at ${serversOf(url)}: ${error.message}`, {
      cause: error,
    })
  })
}

/** Connects to it, creating the streams and buckets that are missing: no worker may have run yet. Closes it after `use`. */
export async function withTopology<T>(
  name: string,
  use: (nats: Nats, settings: Settings) => Promise<T>,
): Promise<T> {
  const settings = readSettings(process.env)
  const nats = await connectToRunning(settings, name)
  try {
    await ensureTopology(nats, settings)
    return await use(nats, settings)
  } finally {
    await nats.close()
  }
}

/** The servers of a URL, without users and passwords. */
export function serversOf(url: string): string {
  return connectOptions(url).servers.join(',')
}

/** Connects to it for a command that needs conversations. Throws if frontdesk has never run on it. */
export async function connectToFrontdesk(settings: Settings, name: string): Promise<Nats> {
  const nats = await connectToRunning(settings, name)
  const hasRun = await hasTopology(nats).catch(async (error) => {
    await nats.close()
    throw error
  })
  if (hasRun) return nats
  await nats.close()
  throw new Error('frontdesk has never run on this NATS: run `npm start`, or `npx frontdesk engine`')
}
