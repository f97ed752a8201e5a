import { setTimeout as sleep } from 'node:timers/promises'
import { connectNats } from '../../engine/nats/connect.ts'
import { publishEvent } from '../../engine/nats/inbox.ts'
import { startFrontdesk } from '../cli/frontdesk.ts'
import { startTestServer } from '../test-server.ts'
import { percentile, print, readOptions, rounded } from './report.ts'

const usage = `npm run bench:metrics -- [options]

Starts everything in one process, begins conversations that wait for an agent, and reads /metrics of that process.
Prints one JSON line: the size of the answer, and how long it takes, in ms.

  --conversations N  that wait (default 10000)
  --reads N          of /metrics (default 200)
  --help`

const { conversations, reads } = readOptions(usage, { conversations: 10_000, reads: 200 })

const server = await startTestServer()
const metricsPort = '19464'
const env = { NATS_URL: server.url, FRONTDESK_METRICS_PORT: metricsPort, LOG_LEVEL: 'warn' }
const system = startFrontdesk(['start'], { env })
await system.prints('ready ')
const nats = await connectNats(server.url, 'bench')
const url = `http://127.0.0.1:${metricsPort}/metrics`
const read = async () => (await fetch(url)).text()
const waiting = (text: string) =>
  Number(/^frontdesk_requests_open\{workspace="main",state="waiting"\} (\d+)/m.exec(text)?.[1] ?? 0)

for (let n = 0; n < conversations; n += 500)
  await Promise.all(
    Array.from({ length: Math.min(500, conversations - n) }, async (_, i) => {
      const conversation = `bench-${n + i}`
      await publishEvent(nats, conversation, 'session.started', { channel: 'web' }, 'started')
      await publishEvent(nats, conversation, 'session.message', { text: 'hello' }, 'first')
    }),
  )
while (waiting(await read()) < conversations) await sleep(250)
// What was begun, such as wake-ups, is finished.
await sleep(3_000)

const times: number[] = []
let text = ''
for (let n = 0; n < reads; n++) {
  const startedAt = performance.now()
  text = await read()
  times.push(performance.now() - startedAt)
}
times.sort((a, b) => a - b)
print({
  workload: 'metrics',
  conversations: waiting(text),
  bytes: text.length,
  lines: text.split('\n').length,
  p50: rounded(percentile(times, 0.5)),
  p99: rounded(percentile(times, 0.99)),
  max: rounded(times.at(-1) ?? 0),
})
await nats.close()
system.child.kill()
await system.ended
await server.stop()
process.exit(0)
