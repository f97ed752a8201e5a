import { staffRoleNames } from '../../../schemas/roles.ts'
import { type HttpRefusalCode, refusals } from '../http/refusals.ts'
import { type JsonSchema, jsonSchemas, namesIn } from './component-schemas.ts'
import type { Answer, HttpOperation, Parameter, Sender } from './http-operation.ts'
import { httpOperations } from './http-operations.ts'

/** OpenAPI 3.1 of the gateway's HTTP. */

const prefix = '#/components/schemas/'
const ref = (name: string) => ({ $ref: prefix + name })

/** Schemas that only this description has. */
const own: Record<string, JsonSchema> = {
  Document: {
    description: 'A document of the configuration, of the kind in the path.',
    anyOf: ['Channel', 'Schedule', 'Calendar', 'Bot', 'Workspace', 'Reply', 'Webhook'].map(ref),
  },
  Description: {
    type: 'object',
    description: 'An AsyncAPI or OpenAPI document.',
    additionalProperties: true,
  },
  Anything: { description: 'Any JSON.' },
}

const schemes: Record<string, object> = {
  session: {
    type: 'http',
    scheme: 'bearer',
    description: 'A customer: the session token of a `welcome`.',
  },
  staffToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An agent, administrator or engineer: a JWT of the identity provider.',
  },
  ...Object.fromEntries(
    staffRoleNames.map((role) => [
      `${role}Cookie`,
      {
        type: 'apiKey',
        in: 'cookie',
        name: `frontdesk_${role}`,
        description: `The cookie of \`POST /v1/sign-in\` for the role ${role}; over HTTPS its name begins with \`__Host-\`. A request that changes something needs an \`Origin\` of the gateway’s own, too.`,
      },
    ]),
  ),
}

function security(senders: readonly Sender[]): object[] {
  const found = new Set(
    senders.flatMap((sender) => (sender === 'customer' ? ['session'] : ['staffToken', `${sender}Cookie`])),
  )
  return [...found].map((scheme) => ({ [scheme]: [] }))
}

/** The codes that a request may be refused with, those of its senders and its body included. */
function refusalsOf({
  method,
  senders,
  body,
  otherBody,
  refusals = [],
  path,
}: HttpOperation): HttpRefusalCode[] {
  const codes = new Set<HttpRefusalCode>(refusals)
  if (path.startsWith('/v1/')) for (const code of ['unavailable', 'failed'] as const) codes.add(code)
  if (senders) for (const code of ['sign_in_needed', 'not_allowed'] as const) codes.add(code)
  if (body) for (const code of ['invalid', 'not_json', 'too_large'] as const) codes.add(code)
  if (senders && body && method !== 'get') codes.add('origin_refused')
  if (otherBody) codes.add('too_large')
  return [...codes].sort()
}

/** The refusals of a status: their codes, and their bodies. */
function refusalAnswer(status: number, codes: readonly HttpRefusalCode[]): object {
  const withProblems = status === 422 && codes.includes('invalid')
  const plain = codes.filter((code) => code !== 'changed_meanwhile' && !(withProblems && code === 'invalid'))
  const schemas = [
    ...(plain.length > 0
      ? [
          {
            type: 'object',
            properties: { code: { type: 'string', enum: plain }, message: { type: 'string' } },
            required: ['code', 'message'],
          },
        ]
      : []),
    ...(withProblems ? [ref('Invalid')] : []),
    ...(codes.includes('changed_meanwhile') ? [ref('ChangedMeanwhile')] : []),
  ]
  return {
    description: codes.map((code) => `\`${code}\`: ${refusals[code].message}`).join('. '),
    content: { 'application/json': { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } } },
  }
}

function answerOf({ description, schema, type }: Answer): object {
  if (schema === undefined && type === undefined) return { description }
  // A stream's schema is that of each event.
  const body = schema === undefined ? { type: 'string' } : ref(schema)
  return { description, content: { [type ?? 'application/json']: { schema: body } } }
}

function responsesOf(operation: HttpOperation): Record<string, object> {
  const responses: Record<string, object> = {}
  for (const answer of operation.answers) responses[answer.status] = answerOf(answer)
  const byStatus = new Map<number, HttpRefusalCode[]>()
  for (const code of refusalsOf(operation))
    for (const status of refusals[code].statuses)
      byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  for (const [status, codes] of byStatus) responses[status] ??= refusalAnswer(status, codes)
  return responses
}

function parametersOf(
  { path, query, parameters = [] }: HttpOperation,
  schemas: Record<string, JsonSchema>,
): object[] {
  const text = { type: 'string' }
  const named = (parameter: Parameter) => ({
    name: parameter.name,
    in: parameter.in,
    description: parameter.description,
    ...((parameter.in === 'path' || parameter.isRequired) && { required: true }),
    schema: parameter.schema ?? text,
  })
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)
  const { properties = {}, required = [] } = (schemas[query ?? ''] ?? {}) as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return [
    ...inPath
      .filter((name) => !parameters.some((parameter) => parameter.name === name))
      .map((name) => named({ name, in: 'path', description: `The ${name}.` })),
    ...parameters.map(named),
    ...Object.entries(properties).map(([name, { description, ...schema }]) => ({
      name,
      in: 'query',
      ...(description !== undefined && { description }),
      ...(required.includes(name) && { required: true }),
      schema,
    })),
  ]
}

function operationOf(operation: HttpOperation, schemas: Record<string, JsonSchema>): object {
  const { id, tag, summary, description, senders, body, otherBody } = operation
  const content = body
    ? { 'application/json': { schema: ref(body) } }
    : otherBody && { [otherBody.type]: { schema: otherBody.schema } }
  const parameters = parametersOf(operation, schemas)
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(senders ? { security: security(senders) } : { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(content && { requestBody: { required: body !== undefined, content } }),
    responses: responsesOf(operation),
  }
}

/** The document, as JSON. */
export function openApi(version: string): object {
  const all = { ...jsonSchemas('draft-2020-12', prefix), ...own }
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of httpOperations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: operationOf(operation, all) }
  const used = namesIn(paths, all, prefix)
  return {
    openapi: '3.1.0',
    info: {
      title: 'frontdesk: the gateway',
      version,
      description: [
        'The HTTP of the gateway, for customers, agents, administrators and engineers. Its pages and their scripts are not in here; `HEAD` is answered wherever `GET` is. A WebSocket is opened only where it is described; elsewhere it is answered with 404, `not_found`.',
        'A refusal is `{code, message, …}`, and its codes are stable. Changes only add to this: ignore fields that you do not know.',
      ].join('\n\n'),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '.', description: 'This gateway.' }],
    tags: [...new Set(httpOperations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: schemes,
      schemas: Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))),
    },
  }
}
