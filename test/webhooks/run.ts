import { parseArgs } from 'node:util'
import { Duration } from 'luxon'
import { deliverAll } from './deliver-all.ts'

const usage = `npm run test:webhooks -- [options]

Conversations run on an engine and a notifier, and callers send their notifications to two receivers: one that fails
often and is down for a while, and one that always answers. Callers and the notifier are killed in turn meanwhile. Then
every notification of WORKSPACE has to have arrived at both, at least once and in order in each conversation. Says on
standard output, in JSON, what was counted; exit code 1 where something is missing, out of order or not signed.

  --down <duration>    how long the first receiver is down (default PT30S)
  --around <duration>  before and after that (default PT30S)
  --rate <number>      conversations that begin each second (default 2), with six notifications or so each
  --fail <percent>     of the requests that the first receiver answers with 500 (default 30)
  --help`

const { values } = parseArgs({
  options: {
    down: { type: 'string', default: 'PT30S' },
    around: { type: 'string', default: 'PT30S' },
    rate: { type: 'string', default: '2' },
    fail: { type: 'string', default: '30' },
    help: { type: 'boolean' },
  },
})
if (values.help) {
  process.stdout.write(`${usage}\n`)
  process.exit(0)
}
const duration = (text: string) => {
  const read = Duration.fromISO(text)
  if (!read.isValid) throw new Error(`${text} is not a duration in ISO 8601, such as PT10M`)
  return read.toMillis()
}
const positive = (text: string) => {
  if (!(Number(text) > 0)) throw new Error(`${text} is not a number above 0`)
  return Number(text)
}
const began = Date.now()
const { figures, violations } = await deliverAll({
  downMs: duration(values.down),
  aroundMs: duration(values.around),
  rate: positive(values.rate),
  failing: positive(values.fail) / 100,
  report: (line) =>
    process.stderr.write(`${((Date.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${line}\n`),
})
process.stdout.write(`${JSON.stringify({ ...figures, violations }, null, 2)}\n`)
process.exit(violations.length > 0 ? 1 : 0)
