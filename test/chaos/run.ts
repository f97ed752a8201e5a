import { parseArgs } from 'node:util'
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
  --server-kills N     (default 2)
  --engines N          (default 3)
  --notifiers N        (default 2)
  --partitions N       (default 16)
  --seed N             decides what is published and what happens when (default: drawn, and printed)
  --help`

const number = (value: number) => ({ type: 'string', default: String(value) }) as const
const { values } = parseArgs({
  options: {
    conversations: number(3_300),
    seconds: { type: 'string' },
    kills: number(10),
    sleeps: number(5),
    'notifier-kills': number(3),
    'server-kills': number(2),
    engines: number(3),
    notifiers: number(2),
    partitions: number(16),
    seed: number(Math.floor(Math.random() * 2 ** 31)),
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(`${usage}\n`)
  process.exit(0)
}

const climate = {
  kills: Number(values.kills),
  sleeps: Number(values.sleeps),
  notifierKills: Number(values['notifier-kills']),
  serverKills: Number(values['server-kills']),
}
const incidents = Object.values(climate).reduce((sum, count) => sum + count)
const { figures, violations } = await runChaos({
  ...climate,
  conversations: Number(values.conversations),
  seconds: Number(values.seconds ?? Math.max(30, 6 * incidents)),
  engines: Number(values.engines),
  notifiers: Number(values.notifiers),
  partitions: Number(values.partitions),
  seed: Number(values.seed),
  report: (line) => process.stderr.write(`${line}\n`),
})
process.stdout.write(`${JSON.stringify({ ...figures, violations }, null, 2)}\n`)
process.exit(violations.length > 0 ? 1 : 0)
