import type { Logger } from 'pino'
import type { Notification, OpenRequest } from '../schemas/conversation/notification.ts'
import type { RequestChange } from '../schemas/conversation/record.ts'
import { requestRecord } from '../schemas/conversation/request-record.ts'
import { parseJson } from '../schemas/parse-json.ts'
import type { RawEvent } from './core/conversation.ts'
import { Conflict } from './errors.ts'

/** The workspaces that the notifier delivers to. */
export interface Workspaces {
  /** The request as it stands in the bucket, with the revision that a write over it names. */
  open(workspace: string, conversation: string): Promise<{ revision: number; request: OpenRequest | null }>
  /** Stores it. Throws Conflict where another write came between. */
  keep(request: OpenRequest, revision: number): Promise<void>
  /** Whether the conversation was erased: no more notifications of it may be published. */
  isErased(conversation: string): Promise<boolean>
  /** Publishes a notification; repeated with the same id, it has no effect. */
  publish(notification: Notification, id: string): Promise<void>
  /** Removes all that is left of a conversation since it began. */
  forget(workspace: string, conversation: string, since: string, upTo: number): Promise<void>
}

/**
 * Delivers what follows for people from one record of a conversation:
 *
 * 1. what the bucket has seen already is a repeat, and nothing follows;
 * 2. publish the notifications, each under an id that never changes;
 * 3. write the request as it stands into the bucket, with compare-and-set; refused: look again.
 *
 * A crash between the steps repeats a notification under its id; whoever slept through being replaced repeats
 * one too, and its write to the bucket is refused.
 */
export async function deliver(workspaces: Workspaces, message: RawEvent, log: Logger): Promise<void> {
  const read = requestRecord.safeParse(parseJson(message.body))
  if (!read.success) {
    log.error(
      { subject: message.subject, seq: message.seq },
      'passing over a message that is no request of ours',
    )
    return
  }
  const { request, changes, erasedSince } = read.data
  const { state: _, ...told } = request
  for (;;) {
    const { revision, request: before } = await workspaces.open(request.workspace, request.conversation)
    if (before && before.record >= request.record) return
    // An engine that slept through an erasure may still tell of what was before.
    if (!before && erasedSince === undefined && (await workspaces.isErased(request.conversation))) return
    for (const change of changes)
      await workspaces.publish(
        { ...told, action: change.action },
        notificationId(request.conversation, change),
      )
    if (erasedSince !== undefined)
      return workspaces.forget(request.workspace, request.conversation, erasedSince, message.seq)
    try {
      return await workspaces.keep(withUrgency(request, changes, before), revision)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
  }
}

/** How urgent a waiting request is: by these changes, else as before them. */
function withUrgency(
  request: OpenRequest,
  changes: RequestChange[],
  before: OpenRequest | null,
): OpenRequest {
  if (request.state !== 'waiting') return request
  const actions = changes.map(({ action }) => action)
  const isSameWait = before?.state === 'waiting' && before.request === request.request
  for (const urgency of ['escalated', 'reminded'] as const)
    if (actions.includes(urgency) || (isSameWait && before.urgency === urgency))
      return { ...request, urgency }
  return request
}

/** `<conversation>.<request>.<action>`, and which time it is from the second on. */
export function notificationId(conversation: string, { request, action, n }: RequestChange): string {
  return `${conversation}.${request}.${action}${n === undefined ? '' : `.${n}`}`
}
