import { afterAll, beforeAll } from 'vitest'
import type { Channel } from '../../schemas/configuration/channel.ts'
import type { Gateway } from '../../workers/gateway/gateway.ts'
import type { StaffRole } from '../../workers/gateway/identity/principal.ts'
import { startTestWorld, type TestWorld } from '../engine/test-world.ts'
import { startTestGateway } from '../gateway/test-gateway.ts'

/** What a channel of the tests asks for. */
export const asksForDetails = {
  firstMessage: 'Hi! This is Acme. How can we help?',
  customerDetails: [
    'name',
    'email',
    { id: 'topic', label: 'Topic', type: 'select', options: ['Sales', 'Support'] },
  ],
  followUpMessage: 'Thanks {{customer.name}}, an agent will be with you shortly.',
} satisfies Channel['duringHours']

/** NATS, an engine, a notifier and a gateway for the tests of a file. */
export function runningGateway() {
  let world: TestWorld
  let gateway: Gateway
  let count = 0
  beforeAll(async () => {
    world = await startTestWorld()
    await world.startEngine()
    await world.startNotifier()
    gateway = await startTestGateway(world)
  })
  afterAll(async () => {
    await gateway?.stop()
    await world?.stop()
  })
  return {
    world: () => world,
    gateway: () => gateway,
    url: (path = '/') => new URL(path, gateway.url).href,
    /** A channel, and a workspace of the same name, that no other test uses. */
    newChannel: async (channel: Partial<Channel> = { duringHours: asksForDetails }): Promise<string> => {
      const id = `shop${++count}`
      await world.configure(`channel.${id}`, { id, workspace: id, ...channel })
      return id
    },
    deskLink: (name: string, workspace: string, url = gateway.url) =>
      signInLink(gateway, 'agent', name, `${url}/desk?workspace=${workspace}`),
    adminLink: (name: string, url = gateway.url) =>
      signInLink(gateway, 'administrator', name, `${url}/admin`),
    inspectorLink: (name: string, url = gateway.url) =>
      signInLink(gateway, 'engineer', name, `${url}/inspector`),
  }
}

export async function signInLink(
  { identity }: Gateway,
  role: StaffRole,
  name: string,
  url: string,
): Promise<string> {
  const code = await identity.createCode({ role, id: name.toLowerCase(), name, workspaces: 'all' }, 60)
  return `${url}#code=${code}`
}

/** What the records say that was said, by anybody of that kind. */
export async function textsOf(
  world: TestWorld,
  conversation: string,
  author: 'bot' | 'agent' | 'customer',
): Promise<(string | undefined)[]> {
  const messages = (await world.records(conversation)).flatMap((record) => record.messages ?? [])
  return messages.filter((message) => message.author.type === author).map(({ text }) => text)
}
