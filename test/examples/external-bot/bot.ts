import { setTimeout as sleep } from 'node:timers/promises'
import { connect, headers, type Msg } from '@nats-io/transport-node'
import type { ConversationRecord } from '../../../schemas/conversation/record.ts'
import { answer } from './answer.ts'

const { NATS_URL = 'nats://127.0.0.1:4222', BOT = 'returns' } = process.env
/** So far back does it read when it starts: beyond its `silence`, after which nobody waits for it. */
const lookBackMs = 5 * 60_000

const { host, username, password } = new URL(NATS_URL)
const login = username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
const nats = await connect({ servers: host, ...login, maxReconnectAttempts: -1 })

/** What is still to be answered, by the id that the answer will have. */
const turns = new Map<string, { conversation: string; record: ConversationRecord }>()
/** The sequence of the last record that was seen. */
let last = 0

// One thing after the other. It hears before it reads, so that nothing falls in between.
nats.subscribe('frontdesk.live.*', { callback: (_, message) => next(() => hear(message)) })
let work = readMissed()
next(() => process.stdout.write('ready\n'))
for await (const { type } of nats.status()) if (type === 'reconnect') next(readMissed)

function next(step: () => unknown): void {
  work = work.then(async () => void (await step()))
}

async function hear(message: Msg): Promise<void> {
  if (numberOf(message, 'Nats-Last-Sequence') > last) await readMissed()
  see(message, message.subject)
  await answerTurns()
}

/** Reads from the stream what was not heard, and answers it. */
async function readMissed(): Promise<void> {
  for (let left = 1; left > 0; ) {
    const from = last > 0 ? { seq: last + 1 } : { start_time: new Date(Date.now() - lookBackMs) }
    const query = JSON.stringify({ ...from, next_by_subj: 'frontdesk.conversation.*', batch: 500 })
    try {
      const options = { strategy: 'sentinel', maxWait: 5_000 } as const
      // The last one is a status: there is nothing, or the batch is over and so many are behind it.
      for await (const message of await nats.requestMany('$JS.API.DIRECT.GET.CONVERSATIONS', query, options))
        if (message.headers?.code) left = numberOf(message, 'Nats-Num-Pending')
        else see(message, message.headers?.get('Nats-Subject') ?? '')
    } catch {
      await sleep(500)
    }
  }
  await answerTurns()
}

function see(message: Msg, subject: string): void {
  const sequence = numberOf(message, 'Nats-Sequence')
  if (sequence <= last) return
  last = sequence
  const record = message.json<ConversationRecord>()
  // An answer of its own, from before it was started again: applied or refused, it is not due any more.
  turns.delete(record.event.id)
  if (record.bot?.id !== BOT) return
  turns.set(`${BOT}-${record.event.seq}`, { conversation: subject.split('.').at(-1) ?? '', record })
}

async function answerTurns(): Promise<void> {
  for (const [id, { conversation, record }] of turns) {
    const event = answer(record)
    if (event) await publish(conversation, event.type, { ...event, type: undefined }, id)
    turns.delete(id)
  }
}

/** Until it is stored. It has an id that never changes: sent twice, it is said once. */
async function publish(conversation: string, type: string, payload: object, id: string): Promise<void> {
  const options = { headers: headers(), timeout: 2_000 }
  options.headers.set('Nats-Msg-Id', id)
  for (;;) {
    const stored = await nats
      .request(`frontdesk.inbox.${conversation}.${type}`, JSON.stringify(payload), options)
      .then((ack) => ack.json<{ seq?: number }>().seq !== undefined)
      .catch(() => false)
    if (stored) return
    await sleep(500)
  }
}

function numberOf({ headers }: Msg, name: string): number {
  return Number(headers?.get(name) ?? 0)
}
