import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { contextOf, type State } from '../../engine/core/conversation.ts'
import { effectsOf } from '../../engine/core/effects.ts'
import { notificationId } from '../../engine/deliver.ts'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { publishEvent } from '../../engine/nats/inbox.ts'
import { streams } from '../../engine/nats/topology.ts'
import { readRecords } from '../../engine/nats/views/records.ts'
import { onRecord } from '../../engine/nats/views/signals.ts'
import { deskLostMs } from '../../schemas/conversation/presence.ts'
import { Random } from '../chaos/random.ts'
import { type KeptRecord, keptRecords, readAll } from '../chaos/read-back.ts'
import { SupervisedWorker } from '../chaos/supervised-worker.ts'
import { createStreams, startCluster } from '../server-cluster.ts'
import { SimulatedAgent } from './agent.ts'

export interface SimulationOptions {
  seed: number
  customers: number
  agents: number
  /** Customers begin within this time, and are served for as long again. */
  seconds: number
  report(line: string): void
}

const partitions = 16
const capacity = 3
/** A router may know of a change this much later than the log has it. */
const knownLateMs = 1_500
/** An offer to an agent who is full meanwhile is known, recalled and recorded within this time. */
const recalledMs = 2 * knownLateMs

const channel = {
  id: 'web',
  timeouts: {
    unanswered: 'PT5S',
    escalate: 'PT20S',
    idleCustomer: ['PT20S', 'PT40S'],
    abandoned: 'PT30S',
    agent: { remind: 'PT4S', release: 'PT10S' },
  },
}
const workspaces = [
  { id: 'main', routing: 'assigned', offerTimeout: 'PT4S', capacity },
  { id: 'night', routing: 'broadcast' },
]

/** Customers and agents on engines and notifiers of their own; then judges by the records what happened. */
export async function simulate(options: SimulationOptions) {
  const { seed, customers, agents, seconds, report } = options
  const cluster = await startCluster(1)
  const nats = await connectNats(cluster.url, 'simulation')
  const workers = (['engine', 'engine', 'notifier', 'notifier'] as const).map(
    (role, n) => new SupervisedWorker(role, n + 1, { natsUrl: cluster.url, partitions, replicas: 1 }),
  )
  try {
    await createStreams(nats, { partitions, replicas: 1 })
    const bucket = new Bucket(nats, 'configuration')
    await bucket.put(`channel.${channel.id}`, JSON.stringify(channel))
    for (const workspace of workspaces)
      await bucket.put(`workspace.${workspace.id}`, JSON.stringify(workspace))
    for (const worker of workers) worker.start()
    await Promise.all(workers.map((worker) => worker.ready()))
    report(`${customers} customers and ${agents} agents begin, seed ${seed}`)

    const begun = Date.now()
    const crew = Array.from(
      { length: agents },
      (_, n) => new SimulatedAgent(nats, new Random(seed + n), `agent-${n + 1}`, ['main', 'night']),
    )
    const working = crew.map((agent) => agent.work(begun + 2 * seconds * 1_000))
    const sent = await Promise.all(
      Array.from({ length: customers }, (_, n) =>
        beCustomer(nats, new Random(seed + 1_000 + n), `c${n}`, begun, seconds),
      ),
    )
    report('all customers have ended')
    await Promise.all(working)
    for (const agent of crew) await agent.stop()
    await sleep(2_000)
    report('the agents have gone home')
    const records = keptRecords(await readAll(nats, streams.conversations))
    const workspace = await readAll(nats, streams.workspace)
    return judge(
      records,
      workspace.map(({ id }) => id),
      sent.flat(),
      crew,
    )
  } finally {
    await Promise.all(workers.map((worker) => worker.abandon()))
    await nats.close()
    await cluster.stop()
  }
}

/** Begins, asks, answers agents for a while, and ends. Returns the ids of what they sent. */
async function beCustomer(nats: Nats, random: Random, id: string, begun: number, seconds: number) {
  const sent: string[] = []
  const send = async (type: string, payload: object) => {
    const event = randomUUID()
    sent.push(event)
    await publishEvent(nats, id, type as 'session.message', payload as { text: string }, event)
  }
  await sleep(random.between(0, seconds * 1_000))
  await send('session.started', { channel: channel.id })
  await send('session.message', { text: `${id} needs help` })
  const until = Math.min(Date.now() + random.between(20_000, 60_000), begun + 2 * seconds * 1_000)
  let seen = 0
  let isOver = false
  let wasAnswered = false
  const look = async () => {
    for await (const { sequence, record } of readRecords(nats, id, seen)) {
      seen = sequence
      if (record?.status?.state === 'ended') isOver = true
      if (record?.messages?.some(({ author }) => author.type === 'agent')) wasAnswered = true
    }
  }
  const stop = onRecord(nats, id, () => void look().catch(() => {}))
  while (Date.now() < until && !isOver) {
    await sleep(random.between(500, 3_000))
    if (wasAnswered) await send('session.message', { text: `${id} goes on` })
    wasAnswered = false
  }
  stop()
  await send('session.ended', {})
  return sent
}

interface Having {
  agent: string
  since: number
}

function judge(records: KeptRecord[], told: string[], sent: string[], crew: SimulatedAgent[]) {
  const violations: string[] = []
  const figures = {
    records: records.length,
    offers: 0,
    accepted: 0,
    takenOver: 0,
    unattended: 0,
    released: 0,
  }
  const kept = new Set(records.map(({ record }) => record.event.id))
  for (const id of sent) if (!kept.has(id)) violations.push(`${id} was sent and made no record`)
  for (const id of new Set(told))
    if (told.indexOf(id) !== told.lastIndexOf(id)) violations.push(`${id} was told twice`)

  const loadOf = (id: string, since: number) =>
    [...held.values(), ...offeredTo.values()].filter((each) => each.agent === id && each.since <= since)
      .length
  const expected = new Set<string>()
  /** Who has each conversation, or is offered it, and since when. */
  const held = new Map<string, Having>()
  const offeredTo = new Map<string, Having & { isRouters: boolean }>()
  const overfullSince = new Map<string, number>()
  for (const { conversation, sequence, record } of records) {
    for (const effect of effectsOf(conversation, sequence, record))
      if (effect.kind === 'notify')
        for (const change of effect.request.changes) expected.add(notificationId(conversation, change))
    const where = `${conversation} at record ${sequence}`
    if (!hasOwner(record.state)) violations.push(`${where}: waits without a timer and an owner`)
    for (const { action, agent } of record.requests ?? []) {
      if (action === 'offered' && agent) {
        figures.offers++
        const at = Date.parse(record.at)
        // A transfer is the agents' choice; the router's offers must suit.
        const isRouters = record.event.type === 'request.offered'
        if (isRouters && !wasOnline(crew, agent.id, at))
          violations.push(`${where}: offered to ${agent.id}, who is not there`)
        const load = loadOf(agent.id, at - knownLateMs)
        if (isRouters && load >= capacity)
          violations.push(`${where}: offered to ${agent.id}, who has ${load}`)
      }
      if (action === 'accepted') figures.accepted++
      if (action === 'unattended') figures.unattended++
      if (action === 'released') figures.released++
    }
    const { snapshot, desk } = record.state
    const holder = snapshot && snapshot.status !== 'done' ? contextOf(snapshot).agent?.id : undefined
    const at = Date.parse(record.at)
    const had = held.get(conversation)
    if (holder && had && had.agent !== holder) figures.takenOver++
    if (!holder) held.delete(conversation)
    else if (had?.agent !== holder) held.set(conversation, { agent: holder, since: at })
    const offer = desk?.offer?.agent.id
    const isRouters = record.event.type === 'request.offered'
    if (offer === undefined) offeredTo.delete(conversation)
    else if (offeredTo.get(conversation)?.agent !== offer)
      offeredTo.set(conversation, { agent: offer, since: at, isRouters })
    for (const { id } of crew) {
      const isOffered = [...offeredTo.values()].some(({ agent, isRouters }) => agent === id && isRouters)
      const since = overfullSince.get(id)
      if (since !== undefined && at - since > recalledMs)
        violations.push(`${where}: ${id} has no room, and an offer was not recalled for ${at - since} ms`)
      if (!isOffered || loadOf(id, at) <= capacity) overfullSince.delete(id)
      else if (since === undefined || at - since > recalledMs) overfullSince.set(id, at)
    }
  }
  const heard = new Set(told)
  for (const id of expected) if (!heard.has(id)) violations.push(`${id} was not told`)
  return { figures, violations }
}

/** A waiting request has a timer until somebody takes it; a customer with an agent has the agent's clock. */
function hasOwner({ snapshot, timers = [], desk }: State): boolean {
  if (!snapshot || snapshot.status === 'done') return true
  if (timers.length > 0 || desk?.overdue !== undefined) return true
  if (snapshot.value === 'queued') return false
  // The customer's turn, with no reminder left, or an agent who is there.
  return desk?.unanswered === undefined
}

/** Whether the agent was online at that time, as far as a router can know: a silent desk counts for a while. */
function wasOnline(crew: SimulatedAgent[], id: string, at: number): boolean {
  const agent = crew.find((each) => each.id === id)
  return (
    agent?.shifts.some(({ from, until }) => at >= from && at <= until + deskLostMs + knownLateMs) ?? false
  )
}
