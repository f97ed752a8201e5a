import { type Notification, notification } from '../../../schemas/conversation/notification.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { CatchUp } from '../catch-up.ts'
import type { RoleConnection } from '../connect.ts'
import { directGet, directGetLast } from '../direct-get.ts'
import { streams, subjects } from '../topology.ts'
import { pulledStream } from './pulled-stream.ts'

/** A notification with its sequence in the stream of all workspaces. */
export interface FollowedNotification extends Notification {
  sequence: number
}

/** The sequence of a workspace's last notification, as a replica has it; 0: there is none. */
export async function lastNotificationOf(role: RoleConnection, workspace: string): Promise<number> {
  const last = await directGetLast(role, streams.workspace, subjects.workspace(workspace, '*'))
  return last?.seq ?? 0
}

/**
 * A workspace's notifications after a sequence, each once and in order. A live one has no sequence, so it only has the
 * stream read.
 *
 * @param workspace `*` for all
 */
export function followNotifications(
  role: RoleConnection,
  workspace: string,
  after: number,
  signals: readonly (AbortSignal | undefined)[],
): AsyncIterable<FollowedNotification> {
  const subject = subjects.workspace(workspace, '*')
  return pulledStream(signals, ({ give, fail }) => {
    let last = after
    const catchUp = new CatchUp(role, {
      read: async () => {
        for await (const { seq, body } of directGet(role, streams.workspace, subject, last)) {
          const { data } = notification.safeParse(parseJson(body))
          if (data) await give({ sequence: seq, ...data })
          if (!catchUp.isOpen) break
          last = seq
        }
        return last
      },
    })
    const read = () => void catchUp.readTwice().catch(fail)
    const subscription = role.connection.subscribe(subject, {
      callback: (error) => {
        if (!error) read()
      },
    })
    read()
    return () => {
      catchUp.close()
      subscription.unsubscribe()
    }
  })
}
