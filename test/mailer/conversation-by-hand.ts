import { publishPresence } from '../../engine/nats/views/signals.ts'
import type { MailSettings } from '../../workers/settings/mail.ts'
import { type TestWorld, until } from '../engine/test-world.ts'

export function mailSettings(smtpUrl: string, changes: Partial<MailSettings> = {}): MailSettings {
  return {
    smtpUrl,
    from: { name: 'Acme', address: 'chat@acme.example' },
    delay: 0,
    publicUrl: 'https://chat.acme.example',
    origins: ['https://www.acme.example'],
    inbound: undefined,
    ...changes,
  }
}

/** A conversation with an agent whose customer gave an address, and has left. */
export async function leftConversation(
  world: TestWorld,
  conversation: string,
  { email = 'jose@example.com', locale = 'en', page = 'https://www.acme.example/cart?a=1' } = {},
): Promise<void> {
  await world.publish(conversation, 'session.started', { channel: 'web', locale, page: { url: page } })
  await world.publish(conversation, 'session.details', { name: 'José', email })
  await world.publish(conversation, 'session.message', { text: 'My order is broken' })
  await world.publish(conversation, 'agent.accepted', { agent: { id: 'ann', name: 'Ann' } })
  await stateOf(world, conversation, 'withAgent')
  publishPresence(world.nats, conversation, 'gone')
}

export async function stateOf(world: TestWorld, conversation: string, state: string): Promise<void> {
  await until(async () => (await world.records(conversation)).some(({ status }) => status?.state === state))
}

export function says(world: TestWorld, conversation: string, text: string, id?: string): Promise<number> {
  return world.publish(conversation, 'agent.message', { agent: { id: 'ann' }, text }, id)
}
