import { report } from '../report.ts'
import { CustomerSession } from './customer-session.ts'

const sessions: Record<string, CustomerSession> = {}

/**
 * The page's session with a channel. All elements of the page share it: a visitor has one conversation.
 *
 * @param gateway as `gatewayUrl` gives it
 */
export function sessionWith(gateway: string, channel: string): CustomerSession {
  const key = `${gateway} ${channel}`
  sessions[key] ??= new CustomerSession(gateway, channel)
  return sessions[key]
}

const script = (document.currentScript as HTMLScriptElement | null)?.src ?? ''

/**
 * The gateway's URL with a slash at its end; empty, and reported, where the page gives none that can be used.
 *
 * @param given the attribute `gateway`; by default the gateway that the script came from, unknown to a module script
 */
export function gatewayUrl(given: string | null): string {
  const url = given ? given.replace(/\/?$/, '/') : script
  // A host without a scheme would be a path of the page's own.
  if (/^(https?:|\/)/.test(url) && URL.canParse(url, location.href))
    return new URL('./', new URL(url, location.href)).href
  report(`set the attribute gateway to a URL: it is ${given}`)
  return ''
}
