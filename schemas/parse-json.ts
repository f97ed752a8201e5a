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
