import { z } from 'zod'
import { requestActions } from '../conversation/record.ts'
import { urlLengthMax } from '../limits.ts'
import { zodIssue } from '../problem.ts'
import { shortText, token } from '../token.ts'

/** `webhook.<id>` in the configuration: a URL that the notifications of workspaces are sent to. */
export const webhook = z.object({
  id: token,
  url: shortText(urlLengthMax).refine(isWebhookUrl, zodIssue('not_a_webhook_url')),
  /** The name of the API secret whose value signs what is sent. */
  secret: token,
  /** Only these actions; absent: all. */
  actions: z.array(z.enum(requestActions)).min(1).max(requestActions.length).optional(),
  /** Only this workspace; absent: all. */
  workspace: token.optional(),
})
export type Webhook = z.infer<typeof webhook>

function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && `${username}${password}${hash}` === ''
}
