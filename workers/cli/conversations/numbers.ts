import { setTimeout as sleep } from 'node:timers/promises'
import type { RoleConnection } from '../../../engine/nats/connect.ts'
import { type MeasureNumbers, type NumbersAnswer, numbersDaysMax } from '../../../schemas/protocol/numbers.ts'
import { notifierAnswer } from '../../gateway/http/notifier-answer.ts'
import { numbersCsv } from '../../gateway/numbers/numbers-csv.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'

/** The pause while the notifier still reads. */
const pauseMs = 250

export default command({
  usage: `
Usage: frontdesk numbers [workspace] [--days <n>] [--csv|--json]

Prints how long customers waited for agents, in opening hours and without the bot's time, in seconds: how many times
there were, the median, and the 90th percentile. The page /numbers of the gateway draws them. A notifier has to run.

  accept      from the beginning of a wait until an agent accepts
  wait        from the request until the first agent accepts
  firstReply  from the request until the agent's first message
  reply       from what the customer wrote, or the acceptance, until the agent's next message
  abandoned   how long customers had waited who ended the conversation meanwhile

Then how many customers rated a conversation after its end in each channel, and the average score, from 1 to 5.

Options:
  --days <n>  today and the days before it, each in the channel's own time zone, ${numbersDaysMax} at most. Default: 1
  --csv       all of them by workspace, channel, hour and day, as CSV
  --json      the same as one line of JSON, in milliseconds
  -h, --help  show this help

Examples:
  npx frontdesk numbers
  npx frontdesk numbers sales --days 7 --csv > week.csv
`,
  options: { days: { type: 'string' }, csv: { type: 'boolean' }, json: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    const [given, ...more] = positionals
    if (more.length > 0) throw new UsageError('numbers takes one workspace at most')
    if (values.csv && values.json) throw new UsageError('--csv and --json exclude each other')
    const workspaces = given === undefined ? undefined : [givenToken('workspace', given)]
    const days = Number(values.days ?? 1)
    if (!Number.isInteger(days) || days < 1 || days > numbersDaysMax)
      throw new UsageError(`--days takes a number from 1 to ${numbersDaysMax}`)
    return withFrontdesk('numbers', async (nats) => {
      const answer = await wholeAnswer(nats, { workspaces, days })
      if (answer.cutAt) process.stderr.write(`too many records: counted since ${answer.cutAt}\n`)
      if (values.csv) process.stdout.write(numbersCsv(answer))
      else if (values.json) process.stdout.write(`${jsonText(answer)}\n`)
      else {
        for (const numbers of answer.totals) process.stdout.write(`${lineOf(numbers)}\n`)
        for (const { workspace, channel, count, average } of answer.ratings)
          process.stdout.write(
            `rating     ${`${count}`.padStart(7)} ${average.toFixed(2)} of 5  ${workspace} ${channel}\n`,
          )
      }
      return 0
    })
  },
})

/** The answer once the notifier has read all records. */
async function wholeAnswer(nats: RoleConnection, question: object): Promise<NumbersAnswer> {
  for (;;) {
    const answer = await notifierAnswer<NumbersAnswer>(nats, 'numbers', question)
    if (!answer.ok) throw new Error(answer.error.message)
    if (!answer.value.progress) return answer.value
    await sleep(pauseMs)
  }
}

function lineOf({ name, count, median, p90 }: MeasureNumbers): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
  return [
    name.padEnd(10),
    `${count}`.padStart(7),
    seconds(median).padStart(11),
    seconds(p90).padStart(11),
  ].join(' ')
}
