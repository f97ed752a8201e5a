import type { HttpRefusalCode } from '../http/refusals.ts'

/** A sender whom a request needs: a customer by their session, staff by a cookie or a JWT in a role. */
export type Sender = 'customer' | 'agent' | 'administrator' | 'engineer'

/** A value in the path, the query or a header. */
export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  description: string
  isRequired?: boolean
  /** JSON Schema; a text by default. */
  schema?: object
}

/** An answer other than a refusal. */
export interface Answer {
  status: number
  description: string
  /** The name of the schema of a JSON body; absent: there is none, or one of `type`. */
  schema?: string
  /** The content type of a body that is not JSON. */
  type?: string
}

/** A route of the gateway's HTTP. */
export interface HttpOperation {
  method: 'get' | 'put' | 'post' | 'delete' | 'options'
  /** With `{id}` for a part that varies. */
  path: string
  id: string
  tag: string
  summary: string
  description?: string
  /** Any of these; absent: anybody. */
  senders?: readonly Sender[]
  /** The name of the schema of its query. */
  query?: string
  parameters?: readonly Parameter[]
  /** The name of the schema of its JSON body. */
  body?: string
  /** The content type and JSON Schema of a body that is not JSON. */
  otherBody?: { type: string; schema: object }
  answers: readonly Answer[]
  /** The codes that it is refused with, besides those of its senders and its body. */
  refusals?: readonly HttpRefusalCode[]
}
