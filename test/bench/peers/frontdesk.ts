import { connectNats } from '../../../engine/nats/connect.ts'
import { subjects } from '../../../engine/nats/topology.ts'
import { startWorld } from '../world.ts'
import type { Contender } from './contender.ts'

const texts = {
  firstMessage: 'Hello! How can we help you today?',
  customerDetails: ['name', 'email'],
  followUpMessage: 'Thanks {{customer.name}}, an agent will be with you soon.',
}
const agent = { id: 'grace', name: 'Grace' }

/** The events of each step of the script: the form follows the customer's first text, so that the first step has two. */
const steps: [type: string, payload: object][][] = [
  [
    ['session.started', { channel: 'bench', locale: 'en' }],
    ['session.message', { text: 'My order 4711 arrived broken.' }],
  ],
  [['session.details', { name: 'Ada Lovelace', email: 'ada@example.org' }]],
  [['agent.accepted', { agent, request: 1 }]],
  [['session.ended', {}]],
]
/** The message that the record of an event has, besides the customer's own. */
const names: Record<string, string> = {
  'session.started': 'greeting',
  'session.message': 'form',
  'session.details': 'followUp',
  'agent.accepted': 'joined',
}

export const frontdesk: Contender = {
  about: 'frontdesk: nats-server, one engine, one notifier',
  hasDuties: true,
  lack: async () => undefined,
  start: async ({ always }) => {
    const channel = { id: 'bench', locale: 'en', duringHours: texts }
    const world = await startWorld({
      sync: always ? 'always' : 'default',
      documents: { 'channel.bench': channel },
    })
    return {
      address: world.url,
      version: `nats-server ${world.nats.connection.info?.version}`,
      processes: [...world.servers, ...world.workers],
      stop: world.stop,
    }
  },
  connect: async (address, onMessage) => {
    const nats = await connectNats(address, 'bench client')
    let over = 0
    const listen = (subject: string, read: (subject: string, text: string) => void) =>
      nats.connection.subscribe(subject, {
        callback: (_, message) => read(message.subject, message.string()),
      })
    listen(subjects.live('*'), (subject, text) => {
      const { event, outcome, messages = [], status } = JSON.parse(text)
      if (outcome !== 'applied') throw new Error(`an event was not applied: ${text}`)
      const conversation = subject.split('.')[2] ?? ''
      for (const { author } of messages)
        if (author.type !== 'customer') onMessage(conversation, names[event.type] ?? event.type)
      if (status?.state === 'ended') over++
    })
    listen(subjects.workspace('main', '*'), (subject, text) =>
      onMessage(JSON.parse(text).conversation, subject.split('.').at(-1) ?? ''),
    )
    await nats.flush()
    return {
      submit: async (conversation, step) => {
        const stored = steps[step]?.map(([type, payload]) =>
          nats.publisher.publish(subjects.inbox(conversation, type), JSON.stringify(payload), {
            'Nats-Msg-Id': `${conversation}.${type}`,
          }),
        )
        await Promise.all(stored ?? [])
      },
      countOver: async () => over,
      close: () => nats.close(),
    }
  },
}
