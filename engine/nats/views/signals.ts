import { type Notification, notification } from '../../../schemas/conversation/notification.ts'
import {
  type CustomerPresence,
  customerPresence,
  type DeskPresence,
  type Team,
  type Typist,
  team,
  typist,
} from '../../../schemas/conversation/presence.ts'
import { parseJson } from '../../../schemas/parse-json.ts'
import { type QueuePlace, queuePlace } from '../../../schemas/protocol/widget.ts'
import type { RoleConnection } from '../connect.ts'
import { isWeather, NoAnswer, NoResponders } from '../errors.ts'
import { onReconnect } from '../on-reconnect.ts'
import { subjects } from '../topology.ts'

/** A question that was not answered in time is asked again after this long. */
const askAgainMs = 1_000

/** Signals and questions over plain NATS: never stored, and lost where nobody listens. */

export type TypingParty = 'customer' | 'agent'

export function publishTyping(
  role: RoleConnection,
  conversation: string,
  party: TypingParty,
  typist: Typist,
): void {
  publish(role, subjects.typing(conversation, party), typist)
}

/** Calls back while a party is typing, until the returned function is called. */
export function onTyping(
  role: RoleConnection,
  conversation: string,
  party: TypingParty,
  callback: (typist: Typist) => void,
): () => void {
  return subscribe(role, subjects.typing(conversation, party), (body) =>
    callback(typist.safeParse(parseJson(body)).data ?? {}),
  )
}

/**
 * Tells whether the customer of a conversation is there.
 *
 * @param gateway names the teller
 */
export function publishPresence(
  role: RoleConnection,
  conversation: string,
  state: CustomerPresence['state'],
  gateway?: string,
): void {
  const presence: CustomerPresence = { state, at: new Date().toISOString(), gateway }
  publish(role, subjects.presence(conversation), presence)
}

/**
 * Calls back for each message about a customer's presence, until the returned function is called.
 *
 * @param conversation `*` for all
 */
export function onPresence(
  role: RoleConnection,
  conversation: string,
  callback: (presence: CustomerPresence, conversation: string) => void,
): () => void {
  return subscribe(role, subjects.presence(conversation), (body, subject) => {
    const { data } = customerPresence.safeParse(parseJson(body))
    if (data) callback(data, subject.split('.')[2] ?? '')
  })
}

/** Tells whether an agent is there, at one desk. */
export function publishDesk(role: RoleConnection, workspace: string, presence: DeskPresence): void {
  publish(role, subjects.desk(workspace), presence)
}

/** Calls back with the agents of a workspace who are there: the present ones, and each change. */
export function onTeam(role: RoleConnection, workspace: string, callback: (team: Team) => void): () => void {
  const receive = (body: string) => {
    const { data } = team.safeParse(parseJson(body))
    if (data) callback(data)
  }
  const follow = () => followed(role, subjects.team(workspace), subjects.roster(workspace), receive)
  let stop = follow()
  // Changes may have been missed.
  const forgetReconnects = onReconnect(role.connection, () => {
    stop()
    stop = follow()
  })
  return () => {
    forgetReconnects()
    stop()
  }
}

/** The agents of a workspace who are there now; `undefined` where no notifier answers. */
export async function teamOf({ publisher }: RoleConnection, workspace: string): Promise<Team | undefined> {
  try {
    const answer = await publisher.request(subjects.roster(workspace), '')
    return team.safeParse(parseJson(answer.string())).data
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}

/** Calls back for each notification of all workspaces; of the callbacks with one `group`, one is called for each. */
export function onNotification(
  role: RoleConnection,
  group: string,
  callback: (notification: Notification) => void,
): () => void {
  const receive = (body: string) => {
    const { data } = notification.safeParse(parseJson(body))
    if (data) callback(data)
  }
  return subscribe(role, subjects.workspace('*', '*'), receive, group)
}

/** Calls back with a conversation's place in its queue: the present one, and each change of it. */
export function onQueuePlace(
  role: RoleConnection,
  conversation: string,
  callback: (place: QueuePlace) => void,
): () => void {
  const receive = (body: string) => {
    const read = queuePlace.safeParse(parseJson(body))
    if (read.success) callback(read.data)
  }
  return followed(role, subjects.queue(conversation), subjects.position(conversation), receive)
}

/** Calls back with what the notifier answers now, and with each later change that it publishes. */
function followed(
  role: RoleConnection,
  changes: string,
  question: string,
  callback: (body: string) => void,
): () => void {
  let isOver = false
  let isChanged = false
  const unsubscribe = subscribe(role, changes, (body) => {
    isChanged = true
    callback(body)
  })
  let again: NodeJS.Timeout | undefined
  const ask = () => {
    isChanged = false
    role.publisher.request(question, '').then(
      // A change that came meanwhile may be the later one, though it is received first: an answer resolves a promise.
      // If the answer is the later one, its change follows.
      (answer) => {
        if (!isOver && !isChanged) callback(answer.string())
      },
      (error) => {
        if (!isWeather(error)) throw error
        // Without a notifier nobody answers: the next one publishes everything when it starts. A busy one may have
        // published the present state before, and publishes it again only when it changes.
        if (!(error instanceof NoResponders) && !isOver) again = setTimeout(ask, askAgainMs)
      },
    )
  }
  ask()
  return () => {
    isOver = true
    clearTimeout(again)
    unsubscribe()
  }
}

/** Asks a notifier. Returns its answer, or its refusal `{code, message}`; `undefined` where no notifier answers. */
export async function askNotifier(
  { publisher }: RoleConnection,
  question: string,
  body: object,
): Promise<object | undefined> {
  try {
    const answer = await publisher.request(subjects.inspection(question), JSON.stringify(body))
    return answer.json<object>()
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}

/** Calls back when a conversation's record was stored, and after a reconnect, when one may have been. */
export function onRecord(role: RoleConnection, conversation: string, callback: () => void): () => void {
  const unsubscribe = subscribe(role, subjects.live(conversation), callback)
  const forgetReconnects = onReconnect(role.connection, callback)
  return () => {
    unsubscribe()
    forgetReconnects()
  }
}

/** Drops the signal of a worker that is stopping. */
function publish({ connection }: RoleConnection, subject: string, signal: object): void {
  if (!connection.isClosed()) connection.publish(subject, JSON.stringify(signal))
}

function subscribe(
  { connection }: RoleConnection,
  subject: string,
  receive: (body: string, subject: string) => void,
  queue?: string,
): () => void {
  const subscription = connection.subscribe(subject, {
    ...(queue !== undefined && { queue }),
    callback: (error, message) => {
      if (!error) receive(message.string(), message.subject)
    },
  })
  return () => subscription.unsubscribe()
}
