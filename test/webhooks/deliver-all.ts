import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook as Verifier } from 'standardwebhooks'
import { Bucket } from '../../engine/nats/bucket.ts'
import { connectNats, type Nats } from '../../engine/nats/connect.ts'
import { ensureTopology } from '../../engine/nats/ensure-topology.ts'
import { publishEvent } from '../../engine/nats/inbox.ts'
import { readToEnd } from '../../engine/nats/read-to-end.ts'
import { streams } from '../../engine/nats/topology.ts'
import { notificationOf } from '../../engine/nats/webhooks/notification-log.ts'
import { ApiSecrets } from '../../workers/calls/client/api-secrets.ts'
import { type Running, startFrontdesk } from '../cli/frontdesk.ts'
import { startTestServer } from '../test-server.ts'

export interface Plan {
  downMs: number
  aroundMs: number
  /** Conversations a second. */
  rate: number
  /** The part of requests that fail. */
  failing: number
  report(line: string): void
}

const partitions = 4
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const killEveryMs = 20_000
/** All that waits is sent once the receiver is found to be back: at its next attempt. */
const settleMs = 20 * 60_000
const noted = 3

/** A receiver of a webhook. */
class TestReceiver {
  /** The ids that it has accepted, in order, repeats included. */
  readonly accepted: string[] = []
  requests = 0
  badSignatures = 0
  readonly #failing: number
  #server: Server | undefined
  #port = 0

  constructor(failing: number) {
    this.#failing = failing
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`
  }

  async listen(): Promise<void> {
    const server = createServer(async (request, response) => {
      this.requests++
      const body = await text(request)
      if (!isSigned(body, request.headers)) this.badSignatures++
      const isAccepted = Math.random() >= this.#failing
      if (isAccepted) this.accepted.push(String(request.headers['webhook-id']))
      response.writeHead(isAccepted ? 200 : 500).end()
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
  }
}

/** Runs everything, and says what was counted and what is wrong. */
export async function deliverAll({ downMs, aroundMs, rate, failing, report }: Plan) {
  const server = await startTestServer()
  const nats = await connectNats(server.url, 'webhooks')
  const env = {
    NATS_URL: server.url,
    FRONTDESK_PARTITIONS: `${partitions}`,
    FRONTDESK_API_HOSTS: '127.0.0.1',
  }
  const workers = new Map<string, Running>()
  const start = async (name: string) => {
    const worker = startFrontdesk([name.split(' ', 1)[0] as string], { env })
    workers.set(name, worker)
    await worker.logs('"msg":"ready"')
  }
  const [unreliable, steady] = [new TestReceiver(failing), new TestReceiver(0)]
  try {
    await ensureTopology(nats, { partitions, replicas: 1 })
    await Promise.all([unreliable.listen(), steady.listen()])
    await new ApiSecrets(new Bucket(nats, 'apiSecrets')).set('hooks', secret)
    const configuration = new Bucket(nats, 'configuration')
    const channel = { id: 'web', duringHours: { customerDetails: [] } }
    await configuration.put('channel.web', JSON.stringify(channel))
    for (const [id, { url }] of Object.entries({ unreliable, steady }))
      await configuration.put(`webhook.${id}`, JSON.stringify({ id, url, secret: 'hooks' }))
    await Promise.all(['engine', 'notifier 1', 'notifier 2', 'caller 1', 'caller 2'].map(start))
    report('everything runs')

    const ended = new AbortController()
    const conversing = converse(nats, rate, ended.signal)
    let kills = 0
    const killing = (async () => {
      const victims = ['caller 1', 'notifier 1', 'caller 2', 'notifier 2']
      while (!ended.signal.aborted) {
        await sleep(killEveryMs, undefined, { signal: ended.signal }).catch(() => {})
        if (ended.signal.aborted) return
        const name = victims[kills++ % victims.length] as string
        const worker = workers.get(name) as Running
        worker.child.kill('SIGKILL')
        await worker.ended
        report(`killed ${name}; accepted: ${unreliable.accepted.length} and ${steady.accepted.length}`)
        await start(name)
      }
    })()
    await sleep(aroundMs)
    await unreliable.close()
    report('the first receiver is down')
    const acceptedBefore = steady.accepted.length
    await sleep(downMs)
    const whileDown = steady.accepted.length - acceptedBefore
    await unreliable.listen()
    const backAt = Date.now()
    report('the first receiver is back')
    await sleep(aroundMs)
    ended.abort()
    const conversations = await conversing
    await killing

    const sent = await notificationsIn(nats)
    const deadline = Date.now() + settleMs
    const missing = ({ accepted }: TestReceiver) => {
      const has = new Set(accepted)
      return sent.filter(({ id }) => !has.has(id))
    }
    const isAll = async () => {
      sent.splice(0, Number.POSITIVE_INFINITY, ...(await notificationsIn(nats)))
      return (
        sent.length >= conversations * (noted + 3) &&
        [unreliable, steady].every((one) => missing(one).length === 0)
      )
    }
    while (!(await isAll()) && Date.now() < deadline) {
      report(
        `notifications: ${sent.length}; missing: ${missing(unreliable).length} and ${missing(steady).length}`,
      )
      await sleep(5_000)
    }
    const settledSeconds = Math.round((Date.now() - backAt) / 1_000)
    const violations = Object.entries({ unreliable, steady }).flatMap(([name, receiver]) => [
      ...missing(receiver).map(({ id }) => `${name}: ${id} is missing`),
      ...outOfOrder(receiver, sent).map((id) => `${name}: ${id} is out of order`),
      ...(receiver.badSignatures > 0 ? [`${name}: ${receiver.badSignatures} signatures are not valid`] : []),
    ])
    const counted = ({ requests, accepted }: TestReceiver) => ({
      requests,
      accepted: accepted.length,
      repeats: accepted.length - new Set(accepted).size,
    })
    const figures = {
      ...{ conversations, notifications: sent.length, kills, downSeconds: downMs / 1_000, settledSeconds },
      ...{ unreliable: counted(unreliable), steady: { ...counted(steady), whileTheOtherWasDown: whileDown } },
    }
    return { figures, violations }
  } finally {
    for (const { child } of workers.values()) child.kill('SIGKILL')
    await Promise.all([unreliable.close(), steady.close()])
    await nats.close()
    await server.stop()
  }
}

/** Begins conversations until the signal, each of which runs for some seconds. Returns their number. */
async function converse(nats: Nats, rate: number, signal: AbortSignal): Promise<number> {
  const running: Promise<void>[] = []
  const agent = { id: 'ann', name: 'Ann' }
  const run = async (conversation: string) => {
    const say = async (type: string, payload: object, id: string) => {
      // An event that was not acknowledged is published again, under its id.
      for (let isStored = false; !isStored; )
        isStored = await publishEvent(nats, conversation, type, payload, `${conversation}.${id}`).then(
          () => true,
          () => false,
        )
      await sleep(500)
    }
    await say('session.started', { channel: 'web' }, 'started')
    await say('session.message', { text: 'Where is my order?' }, 'message')
    await say('agent.accepted', { agent }, 'accepted')
    for (let n = 0; n < noted; n++) await say('agent.noted', { agent, text: `note ${n}` }, `noted${n}`)
    await say('agent.ended', { agent: { id: agent.id } }, 'ended')
  }
  while (!signal.aborted) {
    running.push(run(`w${running.length}`))
    await sleep(1_000 / rate, undefined, { signal }).catch(() => {})
  }
  await Promise.all(running)
  return running.length
}

async function notificationsIn(nats: Nats): Promise<{ id: string; conversation: string }[]> {
  const found = []
  for await (const { subject, seq, headers, data } of readToEnd(nats, streams.workspace)) {
    const id = headers?.get('Nats-Msg-Id') ?? ''
    found.push(notificationOf({ subject, seq, at: 0, id, body: data }))
  }
  return found
}

/** The notifications that were accepted first before an earlier one of their conversation. */
function outOfOrder(
  { accepted }: TestReceiver,
  sent: readonly { id: string; conversation: string }[],
): string[] {
  const order = new Map([...new Set(accepted)].map((id, index) => [id, index]))
  const last = new Map<string, number>()
  return sent.flatMap(({ id, conversation }) => {
    const index = order.get(id) ?? -1
    const isBefore = index !== -1 && index < (last.get(conversation) ?? -1)
    last.set(conversation, Math.max(index, last.get(conversation) ?? -1))
    return isBefore ? [id] : []
  })
}

function isSigned(body: string, headers: IncomingHttpHeaders): boolean {
  try {
    new Verifier(secret).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}
