import { connectNats, type Nats } from '../../../engine/nats/connect.ts'
import { connectOptions } from '../../../engine/nats/connect-options.ts'
import { hasTopology } from '../../../engine/nats/ensure-topology.ts'
import { runningServer } from '../../nats-server/embedded/embedded-server.ts'
import type { ServerUrls } from '../../nats-server/roles.ts'
import type { Settings } from '../../settings/settings.ts'

/** Where the NATS is that runs already: the one that NATS_URL names, or the data folder's own. */
export async function runningNats({ natsUrl, natsRoleUrls, data }: Settings): Promise<ServerUrls> {
  const urls = natsUrl && natsRoleUrls ? { url: natsUrl, roles: natsRoleUrls } : await runningServer(data)
  if (!urls)
    throw new Error(`no NATS server runs for ${data}: run \`npm start\`, or set NATS_URL to one that runs`)
  return urls
}

/** How the engine's side reaches it. */
export async function runningNatsUrl(settings: Settings): Promise<string> {
  return (await runningNats(settings)).url
}

/** A connection to it. */
export async function connectToRunning(settings: Settings, name: string): Promise<Nats> {
  const url = await runningNatsUrl(settings)
  return connectNats(url, name).catch((error: Error) => {
    if (error.name === 'AuthorizationError') throw error
    throw new Error(`no NATS server could be reached at ${serversOf(url)}: ${error.message}`, {
      cause: error,
    })
  })
}

/** Where a URL leads, without a password. */
export function serversOf(url: string): string {
  return connectOptions(url).servers.join(',')
}

/** The same for what needs conversations: an error that says what to do where frontdesk never ran on this NATS. */
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
