import type { Logger } from 'pino'
import type { Notification, OpenRequest } from '../schemas/conversation/notification.ts'
import type { RequestChange } from '../schemas/conversation/record.ts'
import { type RequestChanges, requestRecord } from '../schemas/conversation/request-record.ts'
import { parseJson } from '../schemas/parse-json.ts'
import type { RawEvent } from './core/conversation.ts'
import { Conflict } from './errors.ts'

/** A request in the bucket, with the revision that a write over it names: 0 where there never was one. */
export interface KeptRequest {
  revision: number
  request: OpenRequest | null
}

/** The workspaces that are delivered to. */
export interface Workspaces {
  /** The request as this worker left it; `undefined` where it does not remember. */
  known(workspace: string, conversation: string): KeptRequest | undefined
  /** The request as it stands in the bucket. */
  open(workspace: string, conversation: string): Promise<KeptRequest>
  /** Stores it. Throws Conflict where another write came between. */
  keep(request: OpenRequest, revision: number): Promise<void>
  /** Whether the conversation was erased: nothing more of it may be published. */
  isErased(conversation: string): Promise<boolean>
  /** Publishes a notification; repeated with the same id, it has no effect. */
  publish(notification: Notification, id: string): Promise<void>
  /** Removes all that is left of a conversation since it began. */
  forget(workspace: string, conversation: string, since: string, upTo: number): Promise<void>
}

const none: KeptRequest = { revision: 0, request: null }

/**
 * Delivers what follows for people from one record of a conversation:
 *
 * 1. write the present request into the bucket, with compare-and-set; if that is refused, read the bucket first;
 * 2. publish the notifications, each under an id that never changes.
 *
 * The bucket is read only where it refuses, or where this worker does not remember the request; the first change of a
 * request is expected to be the first write of its key. After a crash between the steps the successor finds the record
 * in the bucket, and publishes its notifications.
 * A worker that was replaced while it was suspended is refused before it publishes, or repeats a notification's id.
 */
export async function deliver(workspaces: Workspaces, { request, changes }: RequestChanges): Promise<void> {
  const { workspace, conversation, record } = request
  let before = workspaces.known(workspace, conversation) ?? (isFirst(changes) ? none : undefined)
  for (;;) {
    before ??= await workspaces.open(workspace, conversation)
    const kept = before.request?.record ?? 0
    if (kept > record) return
    if (kept === record) return publishAll(workspaces, request, changes)
    // An engine that was suspended during an erasure may notify of an earlier record; the erasure has left a revision.
    if (!before.request && before.revision > 0 && (await workspaces.isErased(conversation))) return
    try {
      await workspaces.keep(request, before.revision)
      return publishAll(workspaces, request, changes)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      before = undefined
    }
  }
}

/** Deals with a message of the stream REQUESTS: removes what was erased, delivers what an earlier version left. */
export async function dealWithRequest(workspaces: Workspaces, message: RawEvent, log: Logger): Promise<void> {
  const { data } = requestRecord.safeParse(parseJson(message.body))
  if (!data) {
    log.error(
      { subject: message.subject, seq: message.seq },
      'passing over a message that is no request of ours',
    )
    return
  }
  const { request, changes, erasedSince } = data
  if (erasedSince === undefined) return deliver(workspaces, data)
  await publishAll(workspaces, request, changes)
  await workspaces.forget(request.workspace, request.conversation, erasedSince, message.seq)
}

async function publishAll(
  workspaces: Workspaces,
  request: OpenRequest,
  changes: RequestChange[],
): Promise<void> {
  for (const change of changes)
    await workspaces.publish(notificationOf(request, change), notificationId(request.conversation, change))
}

/**
 * The notification of one change of a request. It lists the fields, since to leave one out of a copy takes as long as to
 * write its JSON.
 */
export function notificationOf(open: OpenRequest, change: RequestChange): Notification {
  return {
    workspace: open.workspace,
    conversation: open.conversation,
    request: change.request,
    record: open.record,
    at: open.at,
    queuedAt: open.queuedAt,
    channel: open.channel,
    locale: open.locale,
    hours: open.hours,
    opensAt: open.opensAt,
    customer: open.customer,
    page: open.page,
    attributes: open.attributes,
    details: open.details,
    need: open.need,
    agent: change.agent ?? open.agent,
    tags: open.tags,
    unattendedSince: open.unattendedSince,
    rating: open.rating,
    action: change.action,
    reason: change.reason ?? (change.action === 'released' ? 'agent' : undefined),
    offerUntil: change.offerUntil,
  } satisfies Record<keyof Notification, unknown>
}

/** Whether these changes are the first of the conversation's first request. */
function isFirst([change]: RequestChange[]): boolean {
  return change?.action === 'created' && change.request === 1
}

/** `<conversation>.<request>.<action>`, and which time it is from the second on. */
export function notificationId(conversation: string, { request, action, n }: RequestChange): string {
  return `${conversation}.${request}.${action}${n === undefined ? '' : `.${n}`}`
}
