import { payloadLevelsMax } from './limits.ts'

// A byte order mark is not JSON, and stays.
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** The value of a JSON text, which may be given as UTF-8 bytes; `undefined` where it is not valid JSON. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : utf8.decode(json))
  } catch {
    return undefined
  }
}

/**
 * A payload as it was sent: its value if it is JSON, else its text, which also stands for a value that is nested too
 * deeply to be written again or compared.
 */
export function parsePayload(json: string): { payload: unknown } | { text: string } {
  const payload = parseJson(json)
  return payload === undefined || levelsOf(payload) > payloadLevelsMax ? { text: json } : { payload }
}

/** How deep a JSON value is nested; 0 for a text or a number. Iterative: recursion would overflow the stack. */
export function levelsOf(value: unknown): number {
  const nested = (values: unknown[]) => values.filter((entry) => typeof entry === 'object' && entry !== null)
  let levels = 0
  for (let level = nested([value]); level.length > 0; level = nested(level.flatMap(Object.values))) levels++
  return levels
}
