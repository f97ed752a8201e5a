import { setTimeout as sleep } from 'node:timers/promises'
import { readToEnd } from '../../engine/nats/read-to-end.ts'
import { streams, subjects } from '../../engine/nats/topology.ts'
import type { SearchAnswer } from '../../schemas/protocol/search.ts'
import { until } from '../engine/test-world.ts'
import { Meter } from './meter.ts'
import { percentile, print, readOptions, rounded, say } from './report.ts'
import { startWorld } from './world.ts'

const usage = `npm run bench:search -- [options]

Stores conversations of six events each, and prints a JSON line for each of:
  floor    one Buffer.indexOf over as many bytes of text; and only reading all records
  build    from the first question to its last progress, and the memory of the notifier before and after
  search   questions of each kind, one after the other, as a role asks them over NATS

  --conversations N  (default 100000)
  --questions N      of each kind (default 50)
  --help`

const { conversations, questions } = readOptions(usage, { conversations: 100_000, questions: 50 })

const names = ['José García', 'Lin Wei', 'Anna Schmidt', 'Zoë Dubois', 'Omar Haddad', 'Mary O’Neill']
const things = [
  'anvil',
  'kettle',
  'lamp',
  'umbrella',
  'bicycle',
  'blanket',
  'camera',
  'teapot',
  'chair',
  'rug',
]
const faults = ['arrived broken', 'is late', 'has the wrong colour', 'was charged twice', 'lacks its manual']
const pick = <T>(list: T[], n: number) => list[n % list.length] as T
const idOf = (n: number) => `conversation-${String(n).padStart(9, '0')}`

const world = await startWorld({ engines: 1, notifier: true })
const { nats } = world
try {
  const bodies = await templateOf()
  say(`storing ${conversations} conversations of ${bodies.length} records`)
  let bytes = 0
  for (let n = 0; n < conversations; n++) {
    for (const body of bodies) {
      const record = written(body, n)
      bytes += record.length
      nats.connection.publish(subjects.conversation(idOf(n)), record)
    }
    if (n % 500 === 0) await nats.connection.flush()
  }
  const stored = conversations * bodies.length
  await until(async () => {
    const { state } = await nats.jsm.streams.info(streams.conversations)
    return state.messages >= stored
  }, 300_000)
  print({ workload: 'stored', conversations, records: stored, bytesPerRecord: Math.round(bytes / stored) })

  floor()
  let startedAt = performance.now()
  let read = 0
  for await (const _ of readToEnd(nats, streams.conversations, { ahead: 2_000 })) read++
  print({ workload: 'floor', what: 'reading', records: read, seconds: secondsSince(startedAt) })

  const notifier = world.workers.at(-1)
  if (!notifier) throw new Error('there is no notifier')
  const rss = () => new Meter([notifier]).read().rssMb.notifier
  const before = rss()
  startedAt = performance.now()
  while ((await ask({ text: 'anvil' })).progress) await sleep(100)
  print({ workload: 'build', seconds: secondsSince(startedAt), rssMbBefore: before, rssMbAfter: rss() })

  const all: Record<string, (n: number) => object> = {
    'a word that many have': (n) => ({ text: pick(things, n) }),
    'two words that many have': (n) => ({ text: `${pick(things, n)} ${pick(faults, n).split(' ').at(-1)}` }),
    'an order number': (n) => ({ text: `FD-${1_000_000 + ((n * 7_919) % conversations)}` }),
    'a word that none has': (n) => ({ text: `unheard${n}` }),
    'one letter': (n) => ({ text: pick(['e', 'x', 'é', 'q'], n) }),
    'five words': () => ({ text: 'customer parcel anvil today sorry' }),
    'a word, in a workspace that has none': (n) => ({ text: pick(things, n), workspaces: ['empty'] }),
    'an e-mail address': (n) => ({ customer: `customer${(n * 7_919) % conversations}@example.com` }),
    'earlier ones of a customer': (n) => ({ email: `customer${n}@example.com`, externalId: 'none' }),
    'a tag': () => ({ tag: 'refund' }),
    'the latest': () => ({}),
    'the thousandth page': (n) => ({ text: pick(things, n), offset: 1_000 }),
  }
  for (const [what, question] of Object.entries(all)) {
    const times: number[] = []
    let found = 0
    for (let n = 0; n < questions; n++) {
      const at = performance.now()
      found += (await ask(question(n))).conversations.length
      times.push(performance.now() - at)
    }
    const [p50, p99, longest] = [0.5, 0.99, 1].map((share) => rounded(percentile(times, share), 1))
    print({ workload: 'search', what, questions, found, p50Ms: p50, p99Ms: p99, longestMs: longest })
  }
  print({ workload: 'after', rssMb: rss() })
} finally {
  await world.stop()
}
process.exit(0)

async function ask(question: object): Promise<SearchAnswer> {
  const answer = await nats.publisher.request(subjects.inspection('search'), JSON.stringify(question))
  const read = answer.json<SearchAnswer | { message: string }>()
  if ('message' in read) throw new Error(read.message)
  return read
}

/** The records of one conversation, as the engine has decided them. */
async function templateOf(): Promise<string[]> {
  const agent = { id: 'ann', name: 'Ann' }
  const steps: [string, object][] = [
    ['session.started', { channel: 'bench', locale: 'en', page: { url: 'https://example.com/cart' } }],
    ['session.message', { text: 'TEXT-OF-CUSTOMER' }],
    ['agent.accepted', { agent, request: 1 }],
    ['agent.message', { agent, text: 'TEXT-OF-AGENT' }],
    ['session.message', { text: 'SECOND-TEXT' }],
    ['session.ended', {}],
  ]
  for (const [type, payload] of steps)
    await nats.js.publish(subjects.inbox('template', type), JSON.stringify(payload))
  const read = async () => {
    const found: string[] = []
    for await (const message of readToEnd(nats, streams.conversations)) found.push(message.string())
    return found
  }
  await until(async () => (await read()).length === steps.length)
  return await read()
}

function written(body: string, n: number): string {
  const name = pick(names, n)
  const customer = JSON.stringify({
    name,
    email: `customer${n}@example.com`,
    externalId: n % 3 === 0 ? `u-${n}` : null,
    verified: n % 3 === 0,
  })
  return body
    .replaceAll('template', idOf(n))
    .replaceAll(/"customer":\{"name":null[^}]*\}/g, `"customer":${customer}`)
    .replaceAll(
      'TEXT-OF-CUSTOMER',
      `Hello, my order FD-${1_000_000 + n} of a ${pick(things, n)} ${pick(faults, n >> 3)}, and I am quite unhappy about it. Can you help?`,
    )
    .replaceAll(
      'TEXT-OF-AGENT',
      `Sorry to hear that, ${name}! I have looked at your order; a new ${pick(things, n)} leaves our warehouse today, and you need not return the parcel.`,
    )
    .replaceAll(
      'SECOND-TEXT',
      `Thank you very much. My number is +49 30 ${1_234_567 + n}, in case a driver needs it.`,
    )
}

/** A scan of as much text as the index has, without conversations. */
function floor(): void {
  const texts = Buffer.alloc(conversations * 350, 'thank you very much my order arrived broken ')
  const times: number[] = []
  for (let n = 0; n < questions; n++) {
    const at = performance.now()
    texts.indexOf(`fd-unheard${n}`)
    times.push(performance.now() - at)
  }
  print({
    workload: 'floor',
    what: 'scan',
    megabytes: texts.length / 1e6,
    p50Ms: rounded(percentile(times, 0.5), 1),
  })
}

function secondsSince(at: number): number {
  return rounded((performance.now() - at) / 1_000, 1)
}
