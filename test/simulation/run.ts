import { readOptions } from '../bench/report.ts'
import { simulate } from './simulate.ts'

const usage = `npm run simulate -- [options]

Customers wait, write and leave; agents accept, answer, decline, vanish, come back, take over and transfer, on engines
and notifiers of their own. Then the records say whether anybody ever waited without a running timer or an owner,
whether an offer went to an agent who was not there or had no room, and whether anything was lost or told twice.
Says on standard output, in JSON, what was counted; exit code 1 where something is wrong.

  --customers N   (default 200)
  --agents N      (default 8)
  --seconds N     in which the customers begin (default 60); they are served for as long again
  --seed N        (default: drawn, and printed)
  --help`

const options = readOptions(usage, {
  customers: 200,
  agents: 8,
  seconds: 60,
  seed: Math.floor(Math.random() * 2 ** 31),
})
const began = Date.now()
const { figures, violations } = await simulate({
  ...options,
  report: (line) =>
    process.stderr.write(`${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}\n`),
})
process.stdout.write(`${JSON.stringify({ seed: options.seed, ...figures, violations }, null, 2)}\n`)
process.exit(violations.length > 0 ? 1 : 0)
