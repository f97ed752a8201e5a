import { Duration } from 'luxon'
import { findLoss, type Loss, recover, workersAlive } from '../../../engine/nats/operations/recover.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { confirm } from '../shell/confirm.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { progressReporter } from './progress.ts'

const sinceDefault = 'PT1H'
/** Ended requests are known for a week; older notifications would be sent twice. */
const sinceDaysMax = 7
const dayMs = 86_400_000

export default command({
  usage: `
Usage: frontdesk recover [--since <duration>] [--force] [--yes]

Makes the streams consistent after NATS has lost acknowledged messages: after a power cut, if it does not write to
disk before it acknowledges (sync_interval). Engines and notifiers then stop and name this command, since new events
would get sequences that conversations already know.

Stop all engines and notifiers first. Shows the losses and asks; without a terminal, --yes is required. Then it

  - fills the lost sequences of the streams, so that no new message gets one
  - publishes again the events that got such a sequence meanwhile
  - lets engines read the events within --since again: applied ones are recognised, the others are applied
  - sends requests to the notifier and arms timers again, since these may have been lost

Lost messages stay lost: an event of the lost end was acknowledged to its publisher, and its effects may or may not
exist. If this command is interrupted, run it again.

Options:
  --since <duration>  how far back to look, to a time before the power cut: an ISO 8601 duration of at most
                      ${sinceDaysMax} days. A longer one takes more time. Default: ${sinceDefault}, or since
                      the last message of a stream that has lost its end
  --force             recover even if no stream shows a loss: timers alone may have been lost
  --yes               do not ask
  -h, --help          show this help

Example:
  npx frontdesk recover --since PT3H
`,
  options: { since: { type: 'string' }, force: { type: 'boolean' }, yes: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    if (positionals.length > 0) throw new UsageError('recover takes no arguments')
    const since = Date.now() - givenDuration(values.since ?? sinceDefault)
    return withFrontdesk('recover', async (nats, settings) => {
      const alive = await workersAlive(nats)
      if (alive.length > 0)
        throw new Error(
          `stop all engines and notifiers first: ${alive.length} still there (${alive.join(', ')})`,
        )
      const { signal } = new AbortController()
      const deps = { log: stderrLogger(settings.logLevel), signal, progress: progressReporter() }
      let loss = await findLoss(nats, since, deps)
      // The loss begins at a stream's last message.
      const lossBegan = Math.min(...loss.behind.map(({ lastAt = since }) => lastAt))
      if (values.since === undefined && lossBegan < since)
        loss = await findLoss(nats, Math.max(lossBegan, Date.now() - sinceDaysMax * dayMs), deps)
      if (!values.force && isNothing(loss)) {
        process.stdout.write('nothing to recover\n')
        return 0
      }
      for (const line of described(loss)) process.stderr.write(`${line}\n`)
      if (!(await confirm('Recover?', values.yes))) throw new Error('nothing was changed')
      const performed = await recover(nats, loss, deps)
      const again = `events published again: ${loss.hidden.length}, effects performed again: ${performed}`
      process.stdout.write(`recovered; ${again}; start the engines and the notifier\n`)
      return 0
    })
  },
})

function givenDuration(text: string): number {
  const duration = Duration.fromISO(text)
  const ms = duration.toMillis()
  if (ms > 0 && ms <= sinceDaysMax * dayMs) return ms
  throw new UsageError(`--since takes an ISO 8601 duration such as PT3H, of at most ${sinceDaysMax} days`)
}

function isNothing({ behind, hidden, isUnfinished }: Loss): boolean {
  return behind.length === 0 && hidden.length === 0 && !isUnfinished
}

function* described({ since, behind, hidden, isUnfinished, wakes }: Loss): Generator<string> {
  for (const { name, last, remembered } of behind)
    yield `${name} has lost its end: its last number is ${last}, and ${remembered} is remembered`
  if (hidden.length > 0) yield `${hidden.length} events came since that have to be published again`
  if (isUnfinished) yield 'an earlier recovery was cut short'
  yield `everything since ${new Date(since).toISOString()} will be dealt with again, and ${wakes.length} timers armed`
}
