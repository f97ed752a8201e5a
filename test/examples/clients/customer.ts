import { CustomerClient } from 'frontdesk/client/browser'

/**
 * A customer's page without the widget: draws the conversation at each change, and stores the session.
 *
 * @param gateway `https://chat.example.com/`
 * @param storage `localStorage` of a browser
 * @returns the client, to send with: `client.send({ type: 'message', text: 'Hello' })`
 */
export function openChat(
  gateway: string,
  storage: { getItem(key: string): string | null; setItem(key: string, value: string): void },
  draw: (lines: string[]) => void,
): CustomerClient {
  const show = () => {
    const { lines, sent, status } = client.conversation
    const unsent = sent.map(({ event }) => `… ${event.type === 'message' ? event.text : event.type}`)
    draw([...lines.map(({ author, text }) => `${author.name ?? author.type}: ${text}`), ...unsent])
    if (client.session && status?.state !== 'ended') storage.setItem('chat', client.session)
  }
  const client = new CustomerClient({ gateway, channel: 'web', changed: show, received: show })
  client.start(storage.getItem('chat') ?? undefined)
  return client
}
