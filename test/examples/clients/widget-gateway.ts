import { randomUUID } from 'node:crypto'
import { WidgetClient } from 'frontdesk/client'

/**
 * A customer of a channel writes one text, and reads until somebody ends the conversation.
 *
 * @param url `nats://widget:<password>@127.0.0.1:4222`
 */
export async function write(url: string, text: string, say: (line: string) => void): Promise<void> {
  const widget = await WidgetClient.connect(url)
  const conversation = randomUUID()
  await widget.publish(conversation, 'session.started', { channel: 'web', locale: 'en' })
  const { ok } = await widget.send(conversation, 'session.message', { text })
  if (!ok) say('This was refused.')
  for await (const { messages = [], status } of widget.follow(conversation)) {
    for (const { author, text } of messages) say(`${author.name ?? author.type}: ${text}`)
    if (status?.state === 'ended') break
  }
  await widget.close()
}
