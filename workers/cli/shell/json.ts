/**
 * The characters that a terminal or a viewer of logs acts on and JSON leaves as they are: DEL and C1 controls, line
 * and paragraph separators, and those that change the direction of the text after them or are never shown.
 */
const acting = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\udb40[\udc00-\udc7f]/g

/** A value as JSON for a terminal or a log: the same value, with each character that they would act on escaped. */
export function jsonText(value: unknown, indent?: number): string {
  return escapeJson(JSON.stringify(value, null, indent))
}

/** Escapes in a JSON text: these characters can only be in its strings. */
export function escapeJson(json: string): string {
  return json.replace(acting, (found) =>
    Array.from({ length: found.length }, (_, n) => unit(found, n)).join(''),
  )
}

/** A value as YAML for a terminal: the same value, with each character that it would act on escaped. */
export async function yamlText(value: unknown): Promise<string> {
  const { Document, Scalar, visit } = await import('yaml')
  const document = new Document(value)
  visit(document, {
    Scalar(_, node) {
      // Only a text in double quotes can have escapes.
      if (typeof node.value === 'string' && node.value.search(acting) >= 0) node.type = Scalar.QUOTE_DOUBLE
    },
  })
  return document
    .toString()
    .replace(acting, (found) => `\\U${found.codePointAt(0)?.toString(16).padStart(8, '0')}`)
}

function unit(text: string, index: number): string {
  return `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`
}
