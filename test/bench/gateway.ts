import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { subjects } from '../../engine/nats/topology.ts'
import { launchBrowser } from '../browser/chromium/launch-browser.ts'
import { codeFor, type GatewayProcess, startGatewayProcess } from '../browser/gateway-process.ts'
import { CustomerPage } from '../browser/pages/customer-page.ts'
import { startTestWorld } from '../engine/test-world.ts'
import { type Customer, customerOf, type Desk, openDesk, signedInBy } from '../gateway/test-gateway.ts'
import { freePort } from '../test-server.ts'
import { percentile, print, readOptions, rounded } from './report.ts'

const usage = `npm run bench:gateway -- [refused|uploads] [options]

Prints one JSON line per workload, or only that of refused; the gateway runs in a process of its own:
  message       an agent's message, from the desk's socket to the customer's socket, one at a time; beside it,
                as the floor, the same message from its publication to frontdesk.live without a gateway
  messageToPage an agent's message, from the desk's socket to the text in the customer's page, in Chromium
  idle          customers' connections, each with a conversation, that say nothing: the gateway's memory
  messageAmong  message again, among those connections
  comeBack      all of them again, at once, on a gateway that was killed and started anew
  refused       messages that are too long, of eight customers: the size of NATS' folder and the gateway's memory
                while idle, after N MB of them ("before"), and after as many again
  uploads       (only where it is named) files of 1 MB of eight customers at once, and then eight of 25 MB at once: the
                gateway's memory while idle, after N of them, after as many again, and the most that it was

  --connections N   of idle (default 10000)
  --messages N      of message (default 500); of messageToPage, at most 200
  --uploads N       of uploads (default 500)
  --refusedMb N     of refused (default 1000), in 10^6 bytes
  --help`

const { connections, messages, refusedMb, uploads, words } = readOptions(
  usage,
  { connections: 10_000, messages: 500, refusedMb: 1_000, uploads: 500 },
  ['refused', 'uploads'],
)
/** A page keeps all that was said on the screen. */
const messagesToPageMax = 200
/** Connections that are being opened at a time. */
const openingMax = 200

const data = await mkdtemp(join(tmpdir(), 'frontdesk-bench-'))
const port = await freePort()
const world = await startTestWorld()
await world.startEngine()
await world.startNotifier()
let gateway = await startGateway()
try {
  if (words.includes('uploads')) print({ workload: 'uploads', ...(await measureUploads()) })
  else {
    if (!words.includes('refused')) await measureMessages()
    print({ workload: 'refused', ...(await refused()) })
  }
} finally {
  await gateway.kill()
  await world.stop()
  await rm(data, { recursive: true, force: true })
}
process.exit(0)

async function measureMessages(): Promise<void> {
  print({ workload: 'message', ...(await messageTimes('alone')) })
  print({ workload: 'messageToPage', ...(await messageToPageTimes('page')) })
  const before = await rssMb(gateway)
  const startedAt = performance.now()
  const customers = await openAll(async () => (await customerOf(gateway)).session)
  const seconds = (performance.now() - startedAt) / 1000
  // What is garbage by then is not what they cost.
  await sleep(5_000)
  const after = await rssMb(gateway)
  print({
    workload: 'idle',
    connections,
    seconds: rounded(seconds),
    gatewayRssMb: after,
    rssKbPerConnection: rounded(((after - before) * 1024) / connections),
  })
  print({ workload: 'messageAmong', connections, ...(await messageTimes('among')) })
  await gateway.kill()
  gateway = await startGateway()
  const againAt = performance.now()
  await openAll(async (i) => {
    const session = customers[i] as string
    await customerOf(gateway, { session, after: 0 })
    return session
  })
  print({
    workload: 'comeBack',
    connections,
    seconds: rounded((performance.now() - againAt) / 1000),
    gatewayRssMb: await rssMb(gateway),
  })
}

/** Sends the bytes twice: the first time they fill the young generation of the gateway's process, which it keeps. */
async function refused() {
  const customers = await Promise.all(Array.from({ length: 8 }, () => customerOf(gateway)))
  const frame = JSON.stringify({ type: 'message', clientId: 'long', text: 'x'.repeat(60_000) })
  const count = Math.ceil((refusedMb * 1_000_000) / frame.length / customers.length)
  const send = async ({ client: { socket } }: { client: Customer }) => {
    for (let n = 0; n < count; n++) {
      socket.send(frame)
      const [answer] = await once(socket, 'message')
      if (JSON.parse(String(answer)).type !== 'error') throw new Error(`not refused: ${answer}`)
    }
  }
  const measure = async () => ({ diskKb: await diskKb(), gatewayRssMb: await rssMb(gateway) })
  const idle = await measure()
  await Promise.all(customers.map(send))
  const before = await measure()
  const startedAt = performance.now()
  await Promise.all(customers.map(send))
  const seconds = rounded((performance.now() - startedAt) / 1000)
  const after = await measure()
  return { frames: count * customers.length, bytesEach: frame.length, seconds, idle, before, after }
}

/** Uploads the files twice, and then large ones at once. */
async function measureUploads() {
  const customers = await Promise.all(Array.from({ length: 8 }, () => customerOf(gateway)))
  const upload = async ({ session }: { session: string }, bytes: number) => {
    const form = new FormData()
    const png = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010806000000', 'hex')
    const file = new Blob([png, Buffer.alloc(bytes - png.length)], { type: 'image/png' })
    form.set('file', file, 'a.png')
    const headers = { authorization: `Bearer ${session}` }
    const { status } = await fetch(`${gateway.url}/v1/files`, { method: 'POST', headers, body: form })
    if (status !== 201) throw new Error(`not accepted: ${status}`)
  }
  let mostRssMb = 0
  const watch = setInterval(async () => {
    mostRssMb = Math.max(mostRssMb, await rssMb(gateway))
  }, 50)
  const all = async () => {
    const startedAt = performance.now()
    await Promise.all(
      customers.map(async (customer) => {
        for (let n = 0; n < uploads / customers.length; n++) await upload(customer, 1_000_000)
      }),
    )
    const seconds = rounded((performance.now() - startedAt) / 1000)
    await sleep(2_000)
    return { seconds, gatewayRssMb: await rssMb(gateway) }
  }
  const idle = await rssMb(gateway)
  const first = await all()
  const again = await all()
  const largest = mostRssMb
  mostRssMb = 0
  await Promise.all(customers.map((customer) => upload(customer, 25_000_000)))
  clearInterval(watch)
  return {
    uploads: 2 * uploads,
    idleRssMb: idle,
    first,
    again,
    mostRssMb: largest,
    mostRssMbOfEight25Mb: mostRssMb,
  }
}

/** The size of NATS' folder, in blocks of the disk. */
async function diskKb(): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-sk', world.server.dataFolder ?? '.'])
  return Number.parseInt(stdout, 10)
}

/** With limits that this many connections do not meet. */
function startGateway(): Promise<GatewayProcess> {
  return startGatewayProcess(world, port, {
    FRONTDESK_DATA: data,
    FRONTDESK_CONNECTIONS_PER_ADDRESS_MAX: String(connections + 100),
    FRONTDESK_CONNECTIONS_MAX: String(connections + 100),
    FRONTDESK_EVENTS_PER_SECOND_PER_ADDRESS_MAX: '100000',
    FRONTDESK_EVENTS_PER_SECOND_MAX: '10000',
    FRONTDESK_BYTES_PER_SECOND_MAX: '1000000000',
    FRONTDESK_BYTES_PER_SECOND_PER_ADDRESS_MAX: '1000000000',
    FRONTDESK_CONVERSATIONS_PER_MINUTE_PER_ADDRESS_MAX: '1000000',
    FRONTDESK_CONVERSATIONS_PER_DAY_PER_ADDRESS_MAX: '1000000',
    FRONTDESK_FILE_BYTES_PER_SECOND_PER_ADDRESS_MAX: '1000000000',
    FRONTDESK_FILE_BYTES_PER_DAY_PER_ADDRESS_MAX: '1000000000000',
    FRONTDESK_FILE_BYTES_PER_DAY_PER_CONVERSATION_MAX: '1000000000000',
    LOG_LEVEL: 'warn',
  })
}

async function rssMb({ process }: GatewayProcess): Promise<number> {
  const status = await readFile(`/proc/${process.pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
}

/** How long an agent's message takes to its customer, through the gateway and without it, in turn. */
async function messageTimes(agent: string) {
  const desk = await deskOf(agent)
  const { client, conversation } = await customerOf(gateway)
  client.send({ type: 'message', clientId: 'need', text: 'help' })
  await desk.first('request', ({ request }) => request.conversation === conversation)
  desk.send({ type: 'accept', conversation, clientId: 'accept', request: 1 })
  await client.first('record', ({ status }) => status?.state === 'withAgent')
  const through: number[] = []
  const floor: number[] = []
  for (let i = 0; i < messages; i++) {
    through.push(
      await seen(client, `through ${i}`, (text) => {
        desk.send({ type: 'message', conversation, clientId: `m${i}`, text })
      }),
    )
    floor.push(await live(conversation, `floor ${i}`, agent))
  }
  desk.close()
  client.close()
  return {
    messages,
    p50Ms: percentile(through, 0.5),
    p99Ms: percentile(through, 0.99),
    floorP50Ms: percentile(floor, 0.5),
    floorP99Ms: percentile(floor, 0.99),
  }
}

/** How long it takes until the text is in the page; told by the page itself, so some of it is the telling. */
async function messageToPageTimes(agent: string) {
  const count = Math.min(messages, messagesToPageMax)
  const desk = await deskOf(agent)
  const browser = await launchBrowser()
  const customer = new CustomerPage(await browser.newPage())
  const { page } = customer
  let seenAt: (text: string) => void = () => {}
  await page.exposeBinding('tell', (_, text: string) => seenAt(text))
  await customer.visit(gateway.url, 'web')
  await customer.open()
  await customer.say('help')
  await customer.hasDelivered('help')
  const conversation = await customer.conversation()
  await desk.first('request', ({ request }) => request.conversation === conversation)
  desk.send({ type: 'accept', conversation, clientId: 'accept', request: 1 })
  await page.getByText('has joined.').waitFor()
  await page.evaluate(() => {
    const log = document.querySelector('frontdesk-widget')?.shadowRoot?.querySelector('[role=log]') as Node
    const tell = (window as unknown as { tell(text: string): void }).tell
    new MutationObserver(() =>
      tell([...(log.textContent ?? '').matchAll(/to page \d+/g)].at(-1)?.[0] ?? ''),
    ).observe(log, {
      childList: true,
      characterData: true,
      subtree: true,
    })
  })
  const times: number[] = []
  for (let i = 0; i < count; i++) {
    const from = performance.now()
    await new Promise<void>((resolve) => {
      seenAt = (text) => {
        if (text === `to page ${i}`) resolve()
      }
      desk.send({ type: 'message', conversation, clientId: `m${i}`, text: `to page ${i}` })
    })
    times.push(performance.now() - from)
  }
  desk.close()
  await browser.close()
  return { messages: count, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) }
}

/** From the sending of a text to its frame at the customer's, in milliseconds. */
function seen(client: Customer, text: string, send: (text: string) => void): Promise<number> {
  return new Promise((resolve) => {
    const from = performance.now()
    const listen = (frame: unknown) => {
      if (!String(frame).includes(`"${text}"`)) return
      client.socket.off('message', listen)
      resolve(performance.now() - from)
    }
    client.socket.on('message', listen)
    send(text)
  })
}

async function live(conversation: string, text: string, agent: string): Promise<number> {
  const from = performance.now()
  return new Promise((resolve) => {
    const subscription = world.nats.connection.subscribe(subjects.live(conversation), {
      callback: (_, message) => {
        if (!message.string().includes(`"${text}"`)) return
        subscription.unsubscribe()
        resolve(performance.now() - from)
      },
    })
    void world.publish(conversation, 'agent.message', { agent: { id: agent }, text })
  })
}

async function deskOf(agent: string): Promise<Desk> {
  const code = await codeFor(world, 'agent', agent)
  return await openDesk(gateway, await signedInBy(code, gateway.url))
}

/** Opens all connections, some at a time; what each says is kept. */
async function openAll(open: (index: number) => Promise<string>): Promise<string[]> {
  const opened: string[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: openingMax }, async () => {
      while (next < connections) {
        const index = next++
        opened[index] = await open(index)
        if (index % 1_000 === 999) process.stderr.write(`${index + 1} connections\n`)
      }
    }),
  )
  return opened
}
