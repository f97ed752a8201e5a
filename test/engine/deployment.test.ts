import { fileURLToPath } from 'node:url'
import { afterEach, expect, onTestFailed, test } from 'vitest'
import { subjects } from '../../engine/nats/topology.ts'
import type { Message } from '../../schemas/conversation/record.ts'
import { flowOf, link, message, options } from '../bots/flow.ts'
import { json, startTestApi } from '../calls/test-api.ts'
import { Random } from '../chaos/random.ts'
import { type Running, startFrontdesk } from '../cli/frontdesk.ts'
import { countedMax } from './deployment/counter-machine.ts'
import { startTestWorld, type TestWorld, until } from './test-world.ts'

const conversationsMax = 1_000
const timeoutMs = 400_000
/** Decides how long customers take to answer: drawn, or given to repeat a run; printed where the test fails. */
const seed = Number(process.env.FRONTDESK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
const partitions = 4

let world: TestWorld
const running: Running[] = []

afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await Promise.all(running.map(({ ended }) => ended))
  await world?.stop()
})

/** A revision of the bot: what it says names the revision. */
function assistant(revision: string, api: string) {
  const text = (of: string) => `${revision}: ${of}`
  return flowOf(
    {
      welcome: [options(text('topic?'), { Order: 'order', Other: 'person' }, { name: 'topic' })],
      order: [
        {
          type: 'details',
          text: text('number?'),
          fields: [{ id: 'number', label: 'Number', type: 'text' }],
        },
        {
          type: 'api',
          name: 'find',
          method: 'POST',
          url: `${api}/orders`,
          body: { number: '{{details.number}}' },
          save: { day: 'day' },
          timeout: 'PT40S',
          success: 'found',
          failure: 'failed',
        },
      ],
      found: [
        message(text('{{details.number}} comes on {{variables.day}}')),
        { type: 'resolved', text: text('resolved?'), no: 'person' },
      ],
      failed: [message(text('not found')), link('person')],
      person: [{ type: 'transfer', duringHours: text('an agent will come') }],
    },
    { id: 'assistant', greeting: text('hello') },
  )
}

/** All that is said in a conversation with a revision of the bot. */
function said(revision: string, number: string): string[] {
  return [
    `${revision}: hello`,
    `${revision}: topic?`,
    'Order',
    `${revision}: number?`,
    `${revision}: ${number} comes on Monday`,
    `${revision}: resolved?`,
    'No',
    `${revision}: an agent will come`,
  ]
}

/** What the customer does once a message of the bot's is there. */
function reply(message: Message, id: string, count: number): [type: string, payload: object] | null {
  const { type, text = '', options = [] } = message
  if (options.includes('Order')) return ['session.option', { option: 'Order' }]
  if (options.includes('No')) return ['session.option', { option: 'No' }]
  if (type === 'form') return ['session.details', { number: `n-${id}` }]
  if (/^(Number|Tally) /.test(text) && count < countedMax)
    return ['session.message', { text: `m${count + 1}` }]
  return null
}

const numberOf = (id: string) => Number(id.split('-').at(-1))

/** So many are still in the middle of their conversation when the engine is killed, however slow everything is. */
function isHeld(id: string): boolean {
  return numberOf(id) % 10 < 6
}

/** Customers who answer whatever they are told, until an agent is to come. */
async function converse() {
  const { connection } = world.nats
  const begun = new Set<string>()
  const queued = new Set<string>()
  const counts = new Map<string, number>()
  const chances = new Map<string, Random>()
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const act = (id: string, type: string, payload: object, event: string) =>
    world.publish(id, type, payload, `${id}.${event}`)
  connection.subscribe('frontdesk.live.*', {
    callback: (_, message) => {
      const id = message.subject.slice('frontdesk.live.'.length)
      const record = message.json<{
        event: { seq: number }
        messages?: Message[]
        status?: { state: string }
      }>()
      begun.add(id)
      if (record.status?.state === 'queued') queued.add(id)
      for (const said of record.messages ?? []) {
        if (said.author.type !== 'bot') continue
        const count = counts.get(id) ?? 1
        const next = reply(said, id, count)
        if (!next) continue
        if (next[0] === 'session.message') counts.set(id, count + 1)
        const chance = chances.get(id) ?? new Random(seed + numberOf(id))
        chances.set(id, chance)
        const pauseMs = chance.between(0, 3_000)
        // A person takes a moment; most wait until the engine is about to be killed.
        const answer = () => setTimeout(() => void act(id, ...next, `after-${record.event.seq}`), pauseMs)
        if (isHeld(id)) void held.then(answer)
        else answer()
      }
    },
  })
  await connection.flush()
  return {
    begun,
    queued,
    release,
    start: async (id: string, channel: string) => {
      await act(id, 'session.started', { channel }, 'start')
      if (channel === 'counter') await act(id, 'session.message', { text: 'm1' }, 'first')
    },
  }
}

function engine(machines: string): Running {
  const started = startFrontdesk(['engine'], {
    env: {
      NATS_URL: world.server.url,
      FRONTDESK_PARTITIONS: String(partitions),
      FRONTDESK_MACHINES: fileURLToPath(new URL(`./deployment/${machines}`, import.meta.url)),
    },
  })
  running.push(started)
  return started
}

test(
  'a new revision, a new version with a migration and another engine in the middle of 1,000 running bots lose and repeat nothing',
  async () => {
    onTestFailed(() => void process.stderr.write(`FRONTDESK_TEST_SEED=${seed}\n`))
    world = await startTestWorld(partitions)
    // Slow enough that calls are under way all the time.
    const api = await startTestApi((_, response) => {
      setTimeout(() => json(response, { day: 'Monday' }), 300)
    })
    await world.configure('bot.assistant', assistant('first', api.url))
    await world.configure('bot.counter', { id: 'counter', machine: 'counter' })
    await world.configure('channel.assistant', { id: 'assistant', bot: 'assistant' })
    await world.configure('channel.counter', { id: 'counter', bot: 'counter' })
    await world.startNotifier()
    const caller = startFrontdesk(['caller'], {
      env: {
        NATS_URL: world.server.url,
        FRONTDESK_PARTITIONS: String(partitions),
        FRONTDESK_API_HOSTS: '127.0.0.1',
      },
    })
    running.push(caller)
    const before = engine('before')
    await Promise.all([before.logs('"msg":"ready"'), caller.logs('"msg":"ready"')])

    const customers = await converse()
    const ids = Array.from({ length: conversationsMax }, (_, n) => `${n % 2 === 0 ? 'bot' : 'counter'}-${n}`)
    const channelOf = (id: string) => (id.startsWith('bot') ? 'assistant' : 'counter')
    for (const id of ids) await customers.start(id, channelOf(id))
    await until(() => customers.begun.size === ids.length)
    const queuedBefore = customers.queued.size
    customers.release()

    // In the middle: the engine dies without a word, another version of it takes over, and the bot has a new revision.
    await world.configure('bot.assistant', assistant('second', api.url))
    before.child.kill('SIGKILL')
    await before.ended
    const after = engine('after')
    await after.logs('"msg":"ready"')
    const late = Array.from({ length: 20 }, (_, n) => `${n % 2 === 0 ? 'bot' : 'counter'}-late-${n}`)
    for (const id of late) await customers.start(id, channelOf(id))
    await until(() => customers.queued.size === ids.length + late.length, 240_000)
    expect(queuedBefore).toBeLessThan(ids.length / 2)

    const records = new Map<string, { id: string; type: string; messages: Message[]; machine: string }[]>()
    for (const { subject, body } of await world.stored('conversations')) {
      const { event, messages = [], state, outcome } = JSON.parse(body)
      // A repeated call's answer is nobody's any more.
      if (outcome === 'ignored' && event.type === 'call.answered') continue
      expect(outcome, subject).toBe('applied')
      const id = subject.slice(subjects.conversation('').length)
      records.set(id, [...(records.get(id) ?? []), { ...event, messages, machine: state.machine }])
    }
    let migrated = 0
    for (const id of [...ids, ...late]) {
      const all = records.get(id) ?? []
      expect(new Set(all.map((record) => record.id)).size, id).toBe(all.length)
      const texts = all.flatMap(({ messages }) => messages.map(({ text }) => text))
      if (id.startsWith('bot')) {
        // Whoever began with the first revision goes on with it to the end.
        expect(texts, id).toEqual(said(late.includes(id) ? 'second' : 'first', `n-${id}`))
        continue
      }
      const versions = all.map(({ machine }) => machine)
      expect(texts, id).toEqual(
        Array.from({ length: countedMax }, (_, n) => [
          `m${n + 1}`,
          `${versions[n + 1] === 'counter@1' ? 'Number' : 'Tally'} ${n + 1}`,
        ]).flat(),
      )
      expect([...versions].sort(), id).toEqual(versions)
      if (new Set(versions).size === 2) migrated++
    }
    expect(migrated).toBeGreaterThan(50)

    // Each request is told once, and each order was asked for under one key.
    const told = (await world.stored('workspace')).map(({ headers }) => headers['Nats-Msg-Id'])
    expect(told.sort()).toEqual([...ids, ...late].map((id) => `${id}.1.created`).sort())
    const keys = api.got.map(
      ({ headers, body }) => `${headers['idempotency-key']} ${JSON.parse(body).number}`,
    )
    expect([...new Set(keys)].sort()).toEqual(
      [...ids, ...late]
        .filter((id) => id.startsWith('bot'))
        .map((id) => `${id}.call.1 n-${id}`)
        .sort(),
    )
    expect(await world.stored('deadletters')).toEqual([])
  },
  timeoutMs,
)
