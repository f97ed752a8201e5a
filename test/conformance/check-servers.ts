import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { type FrameParty, framesOf } from '../../workers/gateway/description/component-schemas.ts'
import { type OpenApiOperation, openApiDocument } from '../description/validators.ts'
import { bodyError, frameError, violated } from './violations.ts'

/** Has the HTTP and the WebSockets of every gateway of this process held against the descriptions. */
export function checkServers(): void {
  subscribe('fastify.initialization', (message) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRequest', checkEvents)
    fastify.addHook('onSend', checkAnswer)
    fastify.addHook('onReady', async () => {
      fastify.websocketServer?.on('connection', checkSocket)
    })
  })
}

interface Described {
  pointer: string
  operation: OpenApiOperation
}

let described: Map<string, Described> | undefined

/** The operation of a route that a request came to; nothing for pages. */
function operationOf({ method, routeOptions }: FastifyRequest): Described | undefined {
  described ??= new Map(
    Object.entries(openApiDocument().paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([each, operation]) => [
        `${each.toUpperCase()} ${path}`,
        { pointer: `#/paths/${path.replaceAll('/', '~1')}/${each}`, operation },
      ]),
    ),
  )
  const path = routeOptions.url?.replace(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '')
  return described.get(`${method} ${path}`)
}

/** A pointer's part in a fragment of a URI. */
const inFragment = (pointer: string) => pointer.replaceAll('{', '%7B').replaceAll('}', '%7D')

async function checkAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  const found = operationOf(request)
  // A WebSocket that is asked for elsewhere is no request of this route.
  const isElsewhere = request.headers.upgrade !== undefined && !found?.operation.responses['101']
  if (found && !isElsewhere) check(found, request, reply, payload)
  return payload
}

function check(
  { pointer, operation }: Described,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): void {
  const where = `${request.method} ${request.routeOptions.url} ${reply.statusCode}`
  const answer = operation.responses[reply.statusCode]
  if (!answer) {
    violated(where, 'this status is not described', payload)
    return
  }
  const [type = ''] = String(reply.getHeader('content-type') ?? '').split(';')
  const types = Object.keys(answer.content ?? {})
  const isDescribed = types.includes(type) || types.includes('*/*') || (types.length === 0 && !payload)
  if (!isDescribed) {
    violated(where, `the content type "${type}" is not described`, payload)
    return
  }
  const schema = `${pointer}/responses/${reply.statusCode}/content/application~1json/schema`
  if (type === 'application/json' && typeof payload === 'string') {
    const body: unknown = JSON.parse(payload)
    const error = bodyError(inFragment(schema), body, 'sent')
    if (error) violated(where, error, body)
  }
  const question = `${pointer}/requestBody/content/application~1json/schema`
  if (reply.statusCode < 300 && operation.requestBody?.content['application/json']) {
    const error = bodyError(inFragment(question), request.body, 'received')
    if (error) violated(where, `it was accepted, though ${error}`, request.body)
  }
}

/** Server-sent events are written to the response itself. */
async function checkEvents(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const found = operationOf(request)
  if (!found?.operation.responses['200']?.content?.['text/event-stream']) return
  const schema = inFragment(`${found.pointer}/responses/200/content/text~1event-stream/schema`)
  const { raw } = reply
  const write = raw.write.bind(raw) as (...args: unknown[]) => boolean
  raw.write = ((chunk: unknown, ...rest: unknown[]) => {
    for (const [, json = ''] of String(chunk).matchAll(/^data: (.*)$/gm)) {
      const event: unknown = JSON.parse(json)
      const error = bodyError(schema, event, 'sent')
      if (error) violated(`an event of ${request.routeOptions.url}`, error, event)
    }
    return write(chunk, ...rest)
  }) as ServerResponse['write']
}

const parties: [path: RegExp, receives: FrameParty | undefined, sends: FrameParty][] = [
  [/^\/v1\/widget(\?|$)/, 'Widget', 'ToWidget'],
  [/^\/v1\/desk(\?|$)/, 'Desk', 'ToDesk'],
  [/\/stately(\?|$)/, undefined, 'ToStately'],
]

const schemas = new Map<FrameParty, Map<string, string>>()

/** The name of the schema of a party's frame; `undefined`: there is no such frame. */
function schemaOf(party: FrameParty, type: unknown): string | undefined {
  const known = schemas.get(party) ?? new Map(framesOf(party).map((frame) => [frame.type, frame.schema]))
  schemas.set(party, known)
  return known.get(String(type))
}

function checkSocket(socket: WebSocket, request: IncomingMessage): void {
  const [, receives, sends] = parties.find(([path]) => path.test(request.url ?? '')) ?? []
  if (!sends) return
  /** The ids of frames that the description does not allow: nothing may come of them. */
  const wrong = new Map<unknown, string>()
  socket.on('message', (data) => {
    const frame = jsonOf(String(data)) as { type?: unknown; clientId?: unknown } | undefined
    if (!receives || frame?.clientId === undefined) return
    const schema = schemaOf(receives, frame.type)
    const error = schema === undefined ? 'there is no such frame' : frameError(schema, frame, 'received')
    if (error) wrong.set(frame.clientId, error)
    else wrong.delete(frame.clientId)
  })
  const send = socket.send.bind(socket) as (...args: unknown[]) => void
  socket.send = ((data: unknown, ...rest: unknown[]) => {
    const frame = jsonOf(String(data)) as { type: string; clientId?: string }
    const schema = schemaOf(sends, frame.type)
    const where = `a frame ${frame.type} ${sends}`
    const error = schema === undefined ? 'there is no such frame' : frameError(schema, frame, 'sent')
    if (error) violated(where, error, frame)
    if (frame.type === 'stored' && wrong.has(frame.clientId))
      violated(where, `a frame was accepted, though ${wrong.get(frame.clientId)}`, frame)
    send(data, ...rest)
  }) as WebSocket['send']
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
