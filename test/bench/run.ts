import { quietUsage } from './meter.ts'
import { readOptions, say } from './report.ts'
import { alone } from './workloads/alone.ts'
import { chat } from './workloads/chat.ts'
import { compile } from './workloads/compile.ts'
import { failover } from './workloads/failover.ts'
import { handoff } from './workloads/handoff.ts'
import { idle } from './workloads/idle.ts'
import { rate } from './workloads/rate.ts'
import { rolling } from './workloads/rolling.ts'
import { scale } from './workloads/scale.ts'
import { storm } from './workloads/storm.ts'
import { timers } from './workloads/timers.ts'
import { where } from './workloads/where.ts'
import { sizes, type Workload } from './workloads/workload.ts'

const workloads: Record<string, Workload> = {
  alone,
  handoff,
  compile,
  rate,
  chat,
  idle,
  timers,
  storm,
  failover,
  rolling,
  scale,
  where,
}

const usage = `npm run bench -- [workload…] [options]

Runs the named workloads, or all, each on a NATS server, an engine and a notifier in processes of their own. Prints one
JSON line for each run; latencies are from an event's publication, or from when it was due, to its record on
frontdesk.live.

${Object.entries(workloads)
  .map(([name, { about }]) => `  ${name.padEnd(9)}${about}`)
  .join('\n')}

  --conversations N   of handoff and scale (default ${sizes.conversations})
  --in-flight N       of those at a time (default ${sizes['in-flight']})
  --pairs N           turns of floor, handoff and bot (default ${sizes.pairs})
  --rates N,N         conversations a second of rate (default ${sizes.rates}); --plot FILE draws it, as SVG
  --seconds N         of rate, failover and where (default ${sizes.seconds})
  --messages N        of each side in chat (default ${sizes.messages})
  --waiting N         conversations of idle (default ${sizes.waiting})
  --timers N          reminders of timers (default ${sizes.timers}), --within N seconds (default ${sizes.within})
  --storm N           customers of storm (default ${sizes.storm})
${quietUsage}; of handoff and scale
  --help`

const { words, ...given } = readOptions(usage, sizes, Object.keys(workloads))
for (const [name, workload] of Object.entries(workloads)) {
  if (words.length > 0 && !words.includes(name)) continue
  say(name)
  await workload.run(given)
}
process.exit()
