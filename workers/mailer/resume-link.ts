import type { MailedConversation } from '../../engine/nats/mail/mailed-conversation.ts'
import { isAllowedOrigin } from '../gateway/http/request-source.ts'

/** The fragment that the widget takes its session from: browsers send it to no server. */
const fragment = '#frontdesk='

export interface LinkTargets {
  publicUrl: string
  /** As FRONTDESK_ORIGINS has them. */
  origins: readonly string[]
}

/**
 * The link that resumes a conversation: to the page where it began, if that is the company's, else to the gateway's own
 * page with only the chat. A visitor chooses the page's address, so it is used only if its origin is named in the
 * configuration, and without its query, which may make an honest page lead elsewhere.
 */
export function resumeLink(
  { publicUrl, origins }: LinkTargets,
  { channel, page, language }: Pick<MailedConversation, 'channel' | 'page' | 'language'>,
  session: string,
): string {
  const target = page && URL.canParse(page) ? new URL(page) : undefined
  if (target && isCompanys(target, publicUrl, origins))
    return `${target.origin}${target.pathname}${fragment}${session}`
  return `${publicUrl}/chat?${new URLSearchParams({ channel, lang: language })}${fragment}${session}`
}

function isCompanys({ origin, protocol, hostname }: URL, publicUrl: string, origins: readonly string[]) {
  if (!/^https?:$/.test(protocol)) return false
  const own = new URL(publicUrl)
  // Pages of this machine may load the widget, but a link to them is of use on this machine only.
  if (/^(localhost|127\..*|\[::1\])$/.test(hostname)) return hostname === own.hostname
  const named = origins.filter((pattern) => pattern !== '*' && pattern !== 'null')
  return origin === own.origin || isAllowedOrigin(origin, own.host, named)
}
