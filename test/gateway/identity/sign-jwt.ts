import { createHmac } from 'node:crypto'

/** A JWT of any header and any claims, the impossible ones too: signed by HMAC-SHA256, or by what is given. */
export function signJwt(
  header: unknown,
  claims: unknown,
  signature: string | ((input: string) => string),
): string {
  const input = `${encode(header)}.${encode(claims)}`
  const made =
    typeof signature === 'function'
      ? signature(input)
      : createHmac('sha256', signature).update(input).digest('base64url')
  return `${input}.${made}`
}

/** As JSON, or as it is where it is text already. */
function encode(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
}

export const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1000) + seconds
