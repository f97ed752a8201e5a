import type { ValidateFunction } from 'ajv'
import { ajv7, ajv2020, asyncApiDocument, inWords, openApiDocument } from '../description/validators.ts'

/** Traffic that is not as the descriptions say, since it was last asked for. */
let found: string[] = []

/** Violations beyond these say nothing new. */
const foundMax = 20
const shownBytesMax = 600

export function takeViolations(): string[] {
  const taken = found
  found = []
  return taken
}

/** @param value what was sent */
export function violated(where: string, why: string, value?: unknown): void {
  const shown = value === undefined ? '' : ` in ${JSON.stringify(value).slice(0, shownBytesMax)}`
  if (found.length < foundMax) found.push(`${where}: ${why}${shown}`)
}

/** What frontdesk sends has no field that is not described. What it receives may have. */
export type Direction = 'sent' | 'received'

type Compile = (reference: string, direction: Direction) => ValidateFunction

/** Compiles schemas of a document when they are first needed. */
function compilerOf(
  make: () => { ajv: ReturnType<typeof ajv7> | ReturnType<typeof ajv2020>; document: object },
): Compile {
  const compiled = new Map<string, ValidateFunction>()
  const prepared: Partial<Record<Direction, ReturnType<typeof ajv7>>> = {}
  const prepare = (direction: Direction) => {
    const { ajv, document } = make()
    ajv.addSchema(direction === 'sent' ? closed(document) : document, 'document')
    return ajv as ReturnType<typeof ajv7>
  }
  return (reference, direction) => {
    const key = `${direction} ${reference}`
    let validate = compiled.get(key)
    if (!validate) {
      prepared[direction] ??= prepare(direction)
      validate = prepared[direction].compile({ $ref: `document${reference}` })
      compiled.set(key, validate)
    }
    return validate
  }
}

/** The document, whose objects have no other fields than those that it names. */
function closed(document: object): object {
  return JSON.parse(JSON.stringify(document), (_, value) =>
    value?.type === 'object' && value.properties && !('additionalProperties' in value)
      ? { ...value, additionalProperties: false }
      : value,
  ) as object
}

const asyncApi = compilerOf(() => ({
  ajv: ajv7(),
  document: { components: asyncApiDocument().components },
}))
const openApi = compilerOf(() => {
  const { components, paths } = openApiDocument()
  return { ajv: ajv2020(), document: { components, paths } }
})

/** Why a value is not of a schema of the AsyncAPI document; empty: it is. */
export function frameError(schema: string, value: unknown, direction: Direction): string {
  const validate = asyncApi(`#/components/schemas/${schema}`, direction)
  return validate(value) ? '' : inWords(validate.errors)
}

/** Why a body is not as the OpenAPI document says; empty: it is. @param pointer of its schema */
export function bodyError(pointer: string, value: unknown, direction: Direction): string {
  const validate = openApi(pointer, direction)
  return validate(value) ? '' : inWords(validate.errors)
}
