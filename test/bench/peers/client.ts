import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { percentile, rounded } from '../report.ts'
import { contenderOf } from './contender.ts'
import { customerMessages, laterNotifications, script } from './script.ts'

// The client of a trial, in a process of its own: `client.ts <contender> <address> <in flight> <warm-up s> <seconds>`.
// The client holds a number of conversations at a time; each event waits for the messages of the one before.

const [name = '', address = '', inFlight, warmUpS, seconds] = process.argv.slice(2)
const contender = await contenderOf(name)
const stalledMs = 30_000
/** Every message of one conversation. */
const expected = [
  ...script.flatMap(({ yields }) => yields),
  ...(contender.hasDuties ? laterNotifications : []),
]

interface Conversation {
  seen: string[]
  sentAt: number
  awaited: Set<string>
  proceed(): void
}

const conversations = new Map<string, Conversation>()
let latencies: number[] = []
let unexpected = 0
let arrived = 0
let lastAt = performance.now()

const connection = await contender.connect(address, (id, message) => {
  const conversation = conversations.get(id)
  if (!conversation || !expected.includes(message)) {
    unexpected++
    return
  }
  arrived++
  lastAt = performance.now()
  conversation.seen.push(message)
  if (!conversation.awaited.delete(message)) return
  latencies.push(lastAt - conversation.sentAt)
  if (conversation.awaited.size === 0) conversation.proceed()
})

await drive('warm', Number(warmUpS))
latencies = []
process.send?.('warm')
await once(process, 'message')
const began = performance.now()
const count = await drive('run', Number(seconds))
const tookS = (performance.now() - began) / 1_000
process.send?.({
  conversations: count,
  conversationsPerSecond: rounded(count / tookS, 1),
  p50Ms: percentile(latencies, 0.5),
  p99Ms: percentile(latencies, 0.99),
  ...faults(),
})
await once(process, 'message')
await connection.close()
process.exit(0)

/** Begins conversations for so long and settles once all of them are over, with all their messages. */
async function drive(prefix: string, forS: number): Promise<number> {
  const until = performance.now() + forS * 1_000
  let begun = 0
  const slot = async () => {
    while (performance.now() < until) await converse(`${prefix}-${begun++}`)
  }
  const stalled = new AbortController()
  await Promise.race([
    Promise.all(Array.from({ length: Number(inFlight) }, slot)).then(settled),
    failWhenStalled(stalled.signal),
  ])
  stalled.abort()
  return begun
}

async function converse(id: string): Promise<void> {
  const conversation: Conversation = { seen: [], sentAt: 0, awaited: new Set(), proceed: () => {} }
  conversations.set(id, conversation)
  for (const [step, { yields }] of script.entries()) {
    conversation.awaited = new Set(yields)
    const answered =
      yields.length > 0 &&
      new Promise<void>((resolve) => {
        conversation.proceed = resolve
      })
    conversation.sentAt = performance.now()
    await connection.submit(id, step)
    await answered
  }
}

async function settled(): Promise<void> {
  while ((await connection.countOver()) < conversations.size) await sleep(5)
  while (arrived < conversations.size * expected.length) await sleep(5)
}

/** A message that never comes would be waited for without end. */
async function failWhenStalled(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (performance.now() - lastAt > stalledMs) {
      process.send?.({ stalled: true, ...faults() })
      process.exit(1)
    }
    await sleep(1_000)
  }
}

/** The messages of all conversations against the script. */
function faults() {
  const found = { missing: 0, duplicate: 0, disordered: 0, unexpected }
  for (const { seen } of conversations.values()) {
    const unique = new Set(seen)
    found.missing += expected.length - unique.size
    found.duplicate += seen.length - unique.size
    const order = seen.map((message) => customerMessages.indexOf(message)).filter((place) => place >= 0)
    if (order.some((place, n) => place < (order[n - 1] ?? 0))) found.disordered++
  }
  return found
}
