import { checkDocument } from '../../engine/core/read-document.ts'
import { readRecord } from '../../engine/core/record.ts'
import type { Nats } from '../../engine/nats/connect.ts'
import { isKind } from '../../schemas/configuration/document.ts'
import { parseJson } from '../../schemas/parse-json.ts'
import { type NatsChannel, natsChannels } from '../../workers/gateway/description/nats-channels.ts'
import { frameError, violated } from './violations.ts'

/** The subjects that are looked at; the answers of requests go elsewhere. */
const followed = [
  'frontdesk.inbox.>',
  'frontdesk.live.*',
  'frontdesk.workspace.>',
  'frontdesk.changed.frontdesk_requests.>',
  'frontdesk.changed.frontdesk_config.>',
  'frontdesk.queue.*',
  'frontdesk.presence.>',
  'frontdesk.desk.*',
  'frontdesk.team.*',
  'frontdesk.typing.>',
  'frontdesk.audit.*',
]

/** Holds what is published on a server against the description, until the connection closes. */
export function checkNats({ connection }: Pick<Nats, 'connection'>): void {
  /** Events that the description does not allow: no record may follow from them. */
  const wrong = new Map<string, string>()
  for (const subject of followed)
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (error) return
        const channel = channelOf(message.subject)
        // Internal events have no channel.
        if (!channel) return
        const headers = Object.fromEntries(
          [...(message.headers ?? [])].map(([name, values]) => [name, values[0] ?? '']),
        )
        // Tests and recoveries store other things than records, which every reader passes over.
        if (channel.id === 'live' && readRecord(message.string()) === null) return
        check(channel, message.subject, headers, parseJson(message.data), wrong)
      },
    })
}

function check(
  channel: NatsChannel,
  subject: string,
  headers: Record<string, string>,
  body: unknown,
  wrong: Map<string, string>,
): void {
  const { schema = '', headers: headerSchema, group } = channel
  const bodyWrong = frameError(schema, body, channel.action === 'send' ? 'sent' : 'received')
  const headersWrong = headerSchema === undefined ? '' : frameError(headerSchema, headers, 'received')
  if (group === 'Events') {
    const [, , conversation] = subject.split('.')
    const id = `${conversation} ${headers['Nats-Msg-Id']}`
    if (bodyWrong || headersWrong) wrong.set(id, bodyWrong || headersWrong)
    else wrong.delete(id)
    return
  }
  if (headersWrong) violated(subject, headersWrong, headers)
  if (group === 'Configuration') {
    const [, , , kind = ''] = subject.split('.')
    if (!headers['KV-Operation'] && isKind(kind) && bodyWrong && checkDocument(kind, body).ok)
      violated(subject, `it is in force, though ${bodyWrong}`, body)
    return
  }
  if (bodyWrong && !headers['KV-Operation']) violated(subject, bodyWrong, body)
  if (channel.id === 'live') {
    const { event } = body as { event: { id: string; type: string } }
    const why = wrong.get(`${subject.split('.')[2]} ${event.id}`)
    if (why !== undefined) violated(subject, `there is a record of a ${event.type}, though ${why}`, body)
  }
}

const channels = natsChannels.map((channel) => ({ channel, parts: channel.address.split('.') }))

/** The channel of a subject. */
function channelOf(subject: string): NatsChannel | undefined {
  const tokens = subject.split('.')
  return channels.find(
    ({ parts }) =>
      parts.length === tokens.length && parts.every((part, n) => part === tokens[n] || part.startsWith('{')),
  )?.channel
}
