import { createRequire } from 'node:module'
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe as describeAs } from '../../workers/gateway/description/descriptions.ts'

const require = createRequire(import.meta.url)
const addFormats = formats as unknown as typeof formats.default

const options: Options = { strict: false, logger: false }

/** A validator of JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export function ajv2020(): Ajv2020 {
  const ajv = new Ajv2020(options)
  addFormats(ajv)
  return ajv
}

/** A validator of draft 7, as AsyncAPI 3 has it. */
export function ajv7(): Ajv {
  const ajv = new Ajv(options)
  addFormats(ajv)
  return ajv
}

/** The official schema of AsyncAPI 3 documents, compiled. */
export function asyncApiValidator(): ValidateFunction {
  return ajv7().compile(require('@asyncapi/specs/schemas/3.0.0-without-$id.json'))
}

export interface AsyncApiDocument {
  channels: Record<
    string,
    {
      address: string | null
      messages: Record<
        string,
        {
          payload?: { $ref: string }
          headers?: { $ref: string }
          examples?: { payload?: unknown; headers?: unknown }[]
        }
      >
    }
  >
  operations: Record<string, { action: 'send' | 'receive'; tags: { name: string }[] }>
  components: { schemas: Record<string, object> }
}

export interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>
  components: { schemas: Record<string, object> }
}
export interface OpenApiOperation {
  operationId: string
  requestBody?: { content: Record<string, object> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
}

export const asyncApiDocument = () => describeAs('asyncapi') as AsyncApiDocument
export const openApiDocument = () => describeAs('openapi') as OpenApiDocument

/** Errors in words: `/status/state must be equal to one of the allowed values`. */
export function inWords(errors: ErrorObject[] | null | undefined): string {
  return (errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ')
}
