import { readOptions } from '../bench/report.ts'
import { runChaos } from './chaos.ts'

const usage = `npm run chaos -- [options]

Conversations go on, with timers running, while engines, notifiers and nats-server are killed and put to sleep.
Then every conversation is compared with what the decision alone makes of its events. Says on standard error what
happens when, and on standard output, in JSON, what was counted; exit code 1 where something is wrong.

  --conversations N    (default 3300: some 2000 of them at once)
  --seconds N          for so long it storms (default: 6 for each incident, at least 30)
  --kills N            engines killed and started again (default 10)
  --sleeps N           engines put to sleep beyond their lease, and woken (default 5)
  --notifier-kills N   (default 3)
  --server-kills N     (default 2): of several, the one that leads the stream of the records
  --engines N          (default 3)
  --notifiers N        (default 2)
  --partitions N       (default 16)
  --replicas N         of each stream, on as many nats-servers: 1, 3 or 5 (default 1)
  --seed N             decides what is published and what happens when (default: drawn, and printed)
  --help`

const options = readOptions(usage, {
  conversations: 3_300,
  seconds: 0,
  kills: 10,
  sleeps: 5,
  'notifier-kills': 3,
  'server-kills': 2,
  engines: 3,
  notifiers: 2,
  partitions: 16,
  replicas: 1,
  seed: Math.floor(Math.random() * 2 ** 31),
})

const {
  seconds,
  kills,
  sleeps,
  'notifier-kills': notifierKills,
  'server-kills': serverKills,
  ...numbers
} = options
const climate = { kills, sleeps, notifierKills, serverKills }
const incidents = Object.values(climate).reduce((sum, count) => sum + count)
const { figures, violations } = await runChaos({
  ...numbers,
  ...climate,
  seconds: seconds || Math.max(30, 6 * incidents),
  report: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify({ ...figures, violations }, null, 2)}\n`)
process.exit(violations.length > 0 ? 1 : 0)
