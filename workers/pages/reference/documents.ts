/** The two descriptions as this page reads them, and what they describe as one list. */

export interface ShownSchema {
  $ref?: string
  type?: string | string[]
  description?: string
  properties?: Record<string, ShownSchema>
  required?: string[]
  additionalProperties?: boolean | ShownSchema
  items?: ShownSchema | ShownSchema[]
  prefixItems?: ShownSchema[]
  anyOf?: ShownSchema[]
  oneOf?: ShownSchema[]
  allOf?: ShownSchema[]
  const?: unknown
  enum?: unknown[]
  default?: unknown
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minItems?: number
  maxItems?: number
  maxProperties?: number
  examples?: unknown[]
}

interface Tag {
  name: string
}

interface DescribedMessage {
  name: string
  title?: string
  summary?: string
  payload?: ShownSchema
  headers?: ShownSchema
  examples?: { payload?: unknown; headers?: unknown }[]
}

interface DescribedChannel {
  address: string | null
  summary?: string
  description?: string
  parameters?: Record<string, { description?: string; enum?: string[] }>
  messages: Record<string, DescribedMessage>
  tags: Tag[]
  bindings?: { ws: { query: ShownSchema } }
}

interface DescribedOperation {
  action: 'send' | 'receive'
  channel: { $ref: string }
  messages: { $ref: string }[]
  tags: Tag[]
  reply?: { channel: { $ref: string } }
}

interface Content {
  content?: Record<string, { schema: ShownSchema }>
}

interface DescribedRequest {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  security: Record<string, unknown>[]
  parameters?: { name: string; in: string; description?: string; required?: boolean; schema: ShownSchema }[]
  requestBody?: Content
  responses: Record<string, Content & { description: string }>
}

export interface AsyncApi {
  info: { version: string; description: string }
  channels: Record<string, DescribedChannel>
  operations: Record<string, DescribedOperation>
  components: { schemas: Record<string, ShownSchema> }
}

export interface OpenApi {
  info: { version: string; description: string }
  paths: Record<string, Record<string, DescribedRequest>>
  components: {
    schemas: Record<string, ShownSchema>
    securitySchemes: Record<string, { description: string }>
  }
}

export interface HttpRequest extends DescribedRequest {
  kind: 'http'
  method: string
  path: string
}

/** The messages of one direction of a channel. */
export interface Messages {
  kind: 'messages'
  address: string
  action: 'send' | 'receive'
  channel: DescribedChannel
  roles: string[]
  messages: DescribedMessage[]
  answers: DescribedMessage[]
}

export interface NamedSchema {
  kind: 'schema'
  name: string
  schema: ShownSchema
}

export interface ReferenceEntry {
  /** The page's address behind `#/`. */
  id: string
  title: string
  group: string
  section: 'HTTP' | 'WebSockets' | 'NATS' | 'Schemas'
  summary: string
  described: HttpRequest | Messages | NamedSchema
}

const lastOf = (pointer: string) => pointer.split('/').at(-1) ?? ''

/** Everything that is described, in the order of the documents. */
export function entriesOf(asyncApi: AsyncApi, openApi: OpenApi): ReferenceEntry[] {
  return [...requests(openApi), ...traffic(asyncApi), ...schemas(asyncApi, openApi)]
}

function requests({ paths }: OpenApi): ReferenceEntry[] {
  const found = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, request]): ReferenceEntry => {
      const [group = ''] = request.tags
      return {
        id: `http/${request.operationId}`,
        title: `${method.toUpperCase()} ${path}`,
        group,
        section: 'HTTP',
        summary: request.summary,
        described: { kind: 'http', method: method.toUpperCase(), path, ...request },
      }
    }),
  )
  const groups = [...new Set(found.map(({ group }) => group))]
  return groups.flatMap((group) => found.filter((entry) => entry.group === group))
}

function traffic({ channels, operations }: AsyncApi): ReferenceEntry[] {
  const found = Object.entries(operations).flatMap(([id, operation]): ReferenceEntry[] => {
    const channel = channels[lastOf(operation.channel.$ref)]
    if (!channel || channel.address === null) return []
    const { address } = channel
    const isSocket = address.startsWith('/')
    const answers = operation.reply && channels[lastOf(operation.reply.channel.$ref)]
    const roles = operation.tags.flatMap(({ name }) => (name.startsWith('role ') ? [name.slice(5)] : []))
    return [
      {
        id: `message/${id}`,
        title: address,
        group: isSocket ? address : (operation.tags[0]?.name ?? ''),
        section: isSocket ? 'WebSockets' : 'NATS',
        summary: channel.summary ?? '',
        described: {
          kind: 'messages',
          address,
          action: operation.action,
          channel,
          roles,
          messages: operation.messages.flatMap(({ $ref }) => channel.messages[lastOf($ref)] ?? []),
          answers: Object.values(answers?.messages ?? {}),
        },
      },
    ]
  })
  return [
    ...found.filter(({ section }) => section === 'WebSockets'),
    ...found.filter(({ section }) => section === 'NATS'),
  ]
}

/** The schemas of both documents, by name. */
export function schemasOf(asyncApi: AsyncApi, openApi: OpenApi): Record<string, ShownSchema> {
  return { ...asyncApi.components.schemas, ...openApi.components.schemas }
}

function schemas(asyncApi: AsyncApi, openApi: OpenApi): ReferenceEntry[] {
  return Object.entries(schemasOf(asyncApi, openApi))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => ({
      id: `schema/${name}`,
      title: name,
      group: 'Schemas',
      section: 'Schemas',
      summary: schema.description ?? '',
      described: { kind: 'schema', name, schema },
    }))
}

/** The entries that have all of the words, in any case; those whose title has them come first. */
export function matching(entries: readonly ReferenceEntry[], text: string): ReferenceEntry[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean)
  const has = (words: string) => wanted.every((word) => words.toLowerCase().includes(word))
  const frames = ({ described }: ReferenceEntry) =>
    described.kind === 'messages' ? described.messages.map(({ name }) => name).join(' ') : ''
  const found = entries.filter((entry) =>
    has(`${entry.title} ${entry.id} ${entry.group} ${entry.summary} ${frames(entry)}`),
  )
  return wanted.length === 0
    ? found
    : [...found.filter(({ title }) => has(title)), ...found.filter(({ title }) => !has(title))]
}
