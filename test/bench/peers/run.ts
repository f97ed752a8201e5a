import { availableParallelism } from 'node:os'
import { quietDefaults, quietUsage, undisturbed } from '../meter.ts'
import { medianOf, numbersOf, print, readOptions, rounded, say, tableOf } from '../report.ts'
import { contenderOf, contenders } from './contender.ts'
import { runTrial, type TrialResult } from './trial.ts'

const names = Object.keys(contenders)
const usage = `npm run bench:peers -- [contender…] [options]

Runs one conversation (greeting, form, details, a request for agents, an agent who joins, the end: five messages)
on frontdesk and on what could be taken instead, each with its server, its workers and a client in processes of their
own. The contenders take turns, round by round, each on a new store; a client waits for an event's messages before it
sends the next one. Prints one JSON line for each contender and number in flight, medians of the rounds; as it goes,
and in the end as a table, the same on standard error. Compare figures of one run only.

${(await Promise.all(names.map(async (name) => `  ${name.padEnd(15)}${(await contenderOf(name)).about}`))).join('\n')}

Fails where a message is missing, twice there or out of order. A trial that others disturbed is dropped.

  --in-flight N,N   conversations at a time (default 64,4)
  --rounds N        (default 3)
  --seconds N       of a trial, after --warm-up N (default 8, 4)
  --always          the disk has what is acknowledged: sync_interval, appendfsync, synchronous_commit; otherwise
                    within 2 min (NATS), 1 s (Redis), 0.6 s (PostgreSQL)
${quietUsage}
  --help

REDIS_SERVER, POSTGRES_BIN and NATS_SERVER name servers that are not on the PATH. A contender whose server is not
there is left out.`

const options = readOptions(
  usage,
  {
    'in-flight': '64,4',
    rounds: 3,
    seconds: 8,
    'warm-up': 4,
    always: false,
    ...quietDefaults,
  },
  names,
)
const { always, rounds, seconds, 'warm-up': warmUpS } = options

interface Series {
  contender: string
  inFlight: number
  /** Results by round; `undefined` where all tries were disturbed. */
  results: (TrialResult | undefined)[]
  dropped: number
}

const present = await presentOf(options.words.length > 0 ? options.words : names)
const all: Series[] = numbersOf(options['in-flight']).flatMap((inFlight) =>
  present.map((contender) => ({ contender, inFlight, results: [], dropped: 0 })),
)
for (let round = 1; round <= rounds; round++)
  for (const series of all) series.results.push(await keptTrial(series, round))
for (const series of all) print(lineOf(series))
say(`\n${table()}`)
process.exit(0)

async function presentOf(wanted: string[]): Promise<string[]> {
  const found: string[] = []
  for (const name of wanted) {
    const lack = await (await contenderOf(name)).lack()
    if (lack) say(`${name} is left out: ${lack}`)
    else found.push(name)
  }
  return found
}

async function keptTrial(series: Series, round: number): Promise<TrialResult | undefined> {
  const { contender, inFlight } = series
  const { result, isDisturbed } = await undisturbed(
    options,
    () => runTrial({ contender, inFlight, always, warmUpS, seconds }),
    ({ conversationsPerSecond, cpuMsPerConversation, p50Ms, othersPercent }, wasDisturbed) => {
      if (wasDisturbed) series.dropped++
      say(
        `round ${round}, ${inFlight} in flight, ${contender}: ${conversationsPerSecond}/s, p50 ${p50Ms} ms, ` +
          `${cpuMsPerConversation} ms of processor time, others ${othersPercent} %${wasDisturbed ? ': dropped' : ''}`,
      )
    },
  )
  return isDisturbed ? undefined : result
}

function lineOf({ contender, inFlight, results, dropped }: Series) {
  const kept = results.filter((result) => result !== undefined)
  const median = (figure: (result: TrialResult) => number) => medianOf(kept.map(figure), 3)
  const processes = Object.keys(kept[0]?.cpuMsByProcess ?? {})
  return {
    contender,
    inFlight,
    always,
    server: kept[0]?.version,
    rounds: kept.length,
    dropped,
    conversationsPerSecond: median((result) => result.conversationsPerSecond),
    cpuMsPerConversation: median((result) => result.cpuMsPerConversation),
    cpuMsByProcess: Object.fromEntries(
      processes.map((name) => [name, median(({ cpuMsByProcess }) => cpuMsByProcess[name] ?? Number.NaN)]),
    ),
    p50Ms: median(({ p50Ms }) => p50Ms),
    p99Ms: median(({ p99Ms }) => p99Ms),
    othersPercent: median(({ othersPercent }) => othersPercent),
    ...(contender === 'frontdesk' && { ratioTo: ratiosTo(inFlight) }),
  }
}

/** frontdesk's rate by another's in the same round: the medians. */
function ratiosTo(inFlight: number): Record<string, number> {
  const [own, ...others] = [...all]
    .filter((series) => series.inFlight === inFlight)
    .sort((a, b) => Number(b.contender === 'frontdesk') - Number(a.contender === 'frontdesk'))
  const pairs = others.map(({ contender, results }) => {
    const ratios = results.flatMap((other, round) => {
      const mine = own?.results[round]
      return mine && other ? [mine.conversationsPerSecond / other.conversationsPerSecond] : []
    })
    return [contender, medianOf(ratios)]
  })
  return Object.fromEntries(pairs)
}

function table(): string {
  const lines = all.map(lineOf)
  const head = [
    '',
    'in flight',
    'conversations/s',
    'CPU ms each',
    'p50 ms',
    'p99 ms',
    'rounds',
    'processor time',
  ]
  const rows = lines.map((line) => [
    line.contender,
    line.inFlight,
    Math.round(line.conversationsPerSecond),
    line.cpuMsPerConversation,
    line.p50Ms,
    line.p99Ms,
    line.dropped > 0 ? `${line.rounds} (${line.dropped} dropped)` : line.rounds,
    Object.entries(line.cpuMsByProcess)
      .map(([name, ms]) => `${name} ${rounded(ms)}`)
      .join(', '),
  ])
  return `Medians${always ? ', each message on the disk before it is acknowledged' : ''}; ${availableParallelism()} processors\n${tableOf([head, ...rows])}`
}
