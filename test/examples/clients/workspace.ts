import { type Notification, type OpenRequest, WorkspaceClient } from 'frontdesk/client'

/**
 * Ann accepts each request that waits, answers and ends it, until the signal is aborted, whose reason it throws.
 *
 * @param url `nats://workspace:<password>@127.0.0.1:4222`
 */
export async function answerRequests(url: string, say: (line: string) => void, signal: AbortSignal) {
  const workspace = await WorkspaceClient.connect(url)
  const ann = workspace.agent({ id: 'ann', name: 'Ann' })
  const answer = async ({ conversation, request, need }: OpenRequest | Notification) => {
    const accepted = await ann.accept(conversation, { request })
    // Perhaps somebody else was faster: `accepted.error.agent`.
    if (!accepted.ok) return say(`${conversation}: ${accepted.error.code}`)
    await ann.reply(conversation, `I look into this: ${need}`)
    await ann.end(conversation)
  }
  const notifications = await workspace.notifications('main', { signal })
  for (const request of (await workspace.openRequests('main')).waiting()) await answer(request)
  for await (const notification of notifications)
    if (notification.action === 'created') await answer(notification)
}
