import { realpath } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { readServerInfo } from '../../../engine/nats/connect.ts'
import { replacePasswords, urlsOf } from '../roles.ts'
import { isOurs } from './end-left-behind.ts'
import { holderOf } from './folder-lock.ts'

const reloadTimeoutMs = 10_000
const lookMs = 50

/**
 * Gives each user of a data folder's server another password while it runs: the server closes their connections, and
 * programs on this machine open them again with the new password, which they read in the folder. Settles once the
 * server accepts the new ones and refuses the former. Throws where it does not: the former ones are valid then.
 */
export async function rotatePasswords(folder: string): Promise<void> {
  const dataFolder = await realpath(folder).catch(() => folder)
  const claim = await holderOf(dataFolder)
  if (claim?.container)
    throw new Error(
      'nats-server runs in a container, which has its passwords from the start: stop frontdesk, remove nats.passwords.json, and start it again',
    )
  const server = claim?.server
  if (!server || !(await isOurs(server.pid, dataFolder)))
    throw new Error(
      `no nats-server of its own runs for ${dataFolder}: start it first; the passwords of a server of your own are changed there`,
    )
  const former = await urlsOf(dataFolder, server.port)
  const restore = await replacePasswords(dataFolder)
  try {
    const present = await urlsOf(dataFolder, server.port)
    process.kill(server.pid, 'SIGHUP')
    for (const deadline = Date.now() + reloadTimeoutMs; ; await sleep(lookMs)) {
      // A connection that the server opens while it reads the passwords again may be closed at once: `undefined`.
      if ((await isAccepted(present.url)) === true && (await isAccepted(former.url)) === false) return
      if (Date.now() > deadline)
        throw new Error('nats-server does not accept the new passwords: see nats.log')
    }
  } catch (error) {
    await restore()
    process.kill(server.pid, 'SIGHUP')
    throw error
  }
}

/** `undefined`: the server does not say. */
async function isAccepted(url: string): Promise<boolean | undefined> {
  try {
    await readServerInfo(url)
    return true
  } catch (error) {
    return (error as Error).name === 'AuthorizationError' ? false : undefined
  }
}
