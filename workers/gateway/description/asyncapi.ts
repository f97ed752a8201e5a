import { requestActions } from '../../../schemas/conversation/record.ts'
import { auditActions } from '../../../schemas/protocol/audit.ts'
import { type FrameParty, framesOf, type JsonSchema, jsonSchemas, namesIn } from './component-schemas.ts'
import { type NatsChannel, natsChannels } from './nats-channels.ts'

/** AsyncAPI 3 of everything that is sent over NATS and over the gateway's WebSockets. */

const prefix = '#/components/schemas/'
const ref = (name: string) => ({ $ref: prefix + name })

interface SocketChannel {
  id: string
  address: string
  title: string
  description: string
  query: JsonSchema
  /** The frames that the gateway receives; absent: those that it is sent do not matter. */
  receives?: FrameParty
  sends: FrameParty
}

const sockets: SocketChannel[] = [
  {
    id: 'widget',
    address: '/v1/widget',
    title: 'Customers',
    description:
      'The first frame is `hello`, within 10 s. The gateway answers `welcome`, then the records that the client missed, then `ready`. A customer is authenticated by the session token in `hello`.',
    query: { type: 'object', properties: {} },
    receives: 'Widget',
    sends: 'ToWidget',
  },
  {
    id: 'desk',
    address: '/v1/desk',
    title: 'Agents',
    description:
      'The gateway sends `welcome`, then a `request` for each open request of the workspace, then `ready`, then each change. An agent is authenticated by a cookie with an `Origin` of the gateway’s own, or by a JWT of the identity provider.',
    query: {
      type: 'object',
      properties: {
        workspace: { type: 'string', default: 'main', description: 'The workspace of the desk.' },
      },
    },
    receives: 'Desk',
    sends: 'ToDesk',
  },
  {
    id: 'stately',
    address: '/v1/inspector/conversations/{conversation}/stately',
    title: 'XState inspectors',
    description:
      'The conversation from its first event on, then live, in the protocol of @statelyai/inspect. Frames of the client are ignored.',
    query: {
      type: 'object',
      properties: {
        ticket: { type: 'string', description: 'Instead of an engineer’s cookie.' },
        reveal: { type: 'string', enum: ['1'], description: 'Shows what was typed.' },
        speed: { type: 'string', description: 'Times as fast as it happened; by default at once.' },
      },
    },
    sends: 'ToStately',
  },
]

const parameters: Record<string, object> = {
  conversation: { description: 'The id of the conversation: 1 to 64 of A-Z, a-z, 0-9, _ and -.' },
  workspace: { description: 'The id of the workspace.', examples: ['main'] },
  id: { description: 'The id of the document.' },
}

function parametersOf(address: string, id: string): Record<string, object> {
  const names = Array.from(address.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  const actions = id === 'audit' ? auditActions : requestActions
  return Object.fromEntries(
    names.map((name) => [name, name === 'action' ? { enum: [...actions] } : (parameters[name] ?? {})]),
  )
}

function examplesOf(schemas: Record<string, JsonSchema>, payload?: string, headers?: string) {
  const [example] = (schemas[payload ?? '']?.examples as unknown[] | undefined) ?? []
  const [header] = (schemas[headers ?? '']?.examples as unknown[] | undefined) ?? []
  if (example === undefined && header === undefined) return {}
  return {
    examples: [
      {
        ...(example !== undefined && { payload: example }),
        ...(header !== undefined && { headers: header }),
      },
    ],
  }
}

const roleTags = (roles: readonly string[]) => roles.map((name) => ({ name: `role ${name}` }))

/** The document, as JSON. */
export function asyncApi(version: string): object {
  const all = { ...jsonSchemas('draft-7', prefix), NotifierRefusal: notifierRefusal }
  const channels: Record<string, object> = {}
  const operations: Record<string, object> = {}
  for (const channel of natsChannels) addNats(channel, all, channels, operations)
  for (const socket of sockets) addSocket(socket, all, channels, operations)
  const used = namesIn(channels, all, prefix)
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)))
  return {
    asyncapi: '3.0.0',
    id: 'urn:frontdesk',
    info: {
      title: 'frontdesk: events and frames',
      version,
      description: [
        'The messages of frontdesk, described as frontdesk sees them: it *receives* events over NATS and *sends* records; its gateway *receives* the frames of clients over WebSockets and *sends* frames. A client does the opposite.',
        'Changes only add to these messages: ignore fields, and frames, that you do not know.',
        'A role of NATS may use only the subjects that are marked with it; the engine’s account may use all.',
      ].join('\n\n'),
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      nats: {
        host: '127.0.0.1:4222',
        protocol: 'nats',
        description: 'The NATS server, one account for each role.',
        security: [{ type: 'userPassword', description: 'The user is the name of the role.' }],
      },
      gateway: { host: '127.0.0.1:8080', protocol: 'ws', description: 'The gateway: `wss` behind TLS.' },
    },
    channels,
    operations,
    components: { schemas },
  }
}

const notifierRefusal: JsonSchema = {
  type: 'object',
  properties: { code: { type: 'string' }, message: { type: 'string' } },
  required: ['code', 'message'],
}

function addNats(
  channel: NatsChannel,
  schemas: Record<string, JsonSchema>,
  channels: Record<string, object>,
  operations: Record<string, object>,
): void {
  const { id, address, summary, description, action, schema, headers, answers, roles, group } = channel
  const name = schema ?? `${id}Request`
  channels[id] = {
    address,
    title: address,
    summary,
    ...(description !== undefined && { description }),
    servers: [{ $ref: '#/servers/nats' }],
    parameters: parametersOf(address, id),
    messages: {
      [name]: {
        name,
        summary,
        ...(schema !== undefined && { payload: ref(schema) }),
        ...(headers !== undefined && { headers: ref(headers) }),
        ...examplesOf(schemas, schema, headers),
      },
    },
    tags: [{ name: group }],
  }
  if (answers)
    channels[`${id}Answer`] = {
      address: null,
      title: `Answer to ${address}`,
      summary: `The answer to ${id}.`,
      messages: Object.fromEntries(answers.map((answer) => [answer, { name: answer, payload: ref(answer) }])),
      tags: [{ name: group }],
    }
  operations[id] = {
    action,
    channel: { $ref: `#/channels/${id}` },
    summary,
    messages: [{ $ref: `#/channels/${id}/messages/${name}` }],
    tags: [{ name: group }, ...roleTags(roles)],
    ...(answers && {
      reply: {
        channel: { $ref: `#/channels/${id}Answer` },
        messages: answers.map((answer) => ({ $ref: `#/channels/${id}Answer/messages/${answer}` })),
      },
    }),
  }
}

function addSocket(
  { id, address, title, description, query, receives, sends }: SocketChannel,
  schemas: Record<string, JsonSchema>,
  channels: Record<string, object>,
  operations: Record<string, object>,
): void {
  const messages: Record<string, object> = {}
  for (const [party, action] of [
    [receives, 'receive'],
    [sends, 'send'],
  ] as const) {
    if (party === undefined) continue
    const frames = framesOf(party)
    for (const { type, schema } of frames)
      messages[schema] = { name: type, title: type, payload: ref(schema), ...examplesOf(schemas, schema) }
    operations[`${id}.${action}`] = {
      action,
      channel: { $ref: `#/channels/${id}` },
      summary: `${title}: the frames that the gateway ${action}s.`,
      messages: frames.map(({ schema }) => ({ $ref: `#/channels/${id}/messages/${schema}` })),
      tags: [{ name: 'Frames' }],
    }
  }
  channels[id] = {
    address,
    title: address,
    summary: title,
    description,
    servers: [{ $ref: '#/servers/gateway' }],
    parameters: parametersOf(address, id),
    bindings: { ws: { method: 'GET', query, bindingVersion: '0.1.0' } },
    messages,
    tags: [{ name: 'Frames' }],
  }
}
