import type { Nats } from '../../../engine/nats/connect.ts'
import { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { readFailures, type StoredFailure } from '../../../engine/nats/webhooks/failed-deliveries.ts'
import { askWebhook } from '../../../engine/nats/webhooks/webhook-questions.ts'
import { WebhookStates } from '../../../engine/nats/webhooks/webhook-states.ts'
import { type Webhook, webhook as webhookSchema } from '../../../schemas/webhooks/webhook.ts'
import type { WebhookQuestion, WebhookState } from '../../../schemas/webhooks/webhook-state.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { sinceInstant } from '../shell/since.ts'
import { plainLine } from '../shell/text.ts'

export default command({
  usage: `
Usage: frontdesk webhooks [list] [--json]
       frontdesk webhooks failed [<webhook>] [--json]
       frontdesk webhooks replay <webhook> [--id <id>|--since <time|duration>]

Shows the deliveries of webhooks, and repeats them.

  list    print one line for each webhook: id, host, state, what waits, the last delivery
  failed  print the deliveries that were given up after three days, kept for 30 days: time, webhook, conversation's
          notification, attempts, failure, reason
  replay  send again all that has failed; or one notification, or all since a time, of the last 30 days. A caller that
          runs has to do it. Receivers know a repeat by its webhook-id

Options:
  --id <id>                the webhook-id of one notification
  --since <time|duration>  from then on: an ISO 8601 time, or a duration such as PT1H or P7D
  --json                   with list and failed: one JSON object per line
  -h, --help               show this help

Examples:
  npx frontdesk webhooks
  npx frontdesk webhooks failed crm
  npx frontdesk webhooks replay crm --since PT6H
`,
  options: { id: { type: 'string' }, since: { type: 'string' }, json: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    const [action = 'list', id, ...more] = positionals
    const { json = false } = values
    const isReplay = action === 'replay'
    if (!isReplay && (values.id !== undefined || values.since !== undefined))
      throw new UsageError(`${action} takes no --id and no --since`)
    if (more.length > 0 || (action === 'list' && id !== undefined))
      throw new UsageError(`${action}: too many arguments`)
    switch (action) {
      case 'list':
        return withFrontdesk('webhooks', (nats) => list(nats, json))
      case 'failed':
        return withFrontdesk('webhooks', (nats) => failed(nats, id, json))
      case 'replay': {
        if (id === undefined) throw new UsageError('replay takes the id of a webhook')
        const question = questionOf(values)
        return withFrontdesk('webhooks', (nats) => replay(nats, id, question))
      }
      default:
        throw new UsageError(`webhooks has no ${action}`)
    }
  },
})

function questionOf({ id, since }: { id?: string; since?: string }): WebhookQuestion {
  if (id !== undefined && since !== undefined) throw new UsageError('replay takes --id or --since, not both')
  if (id !== undefined) return { replay: { id } }
  if (since !== undefined) return { replay: { since: sinceInstant(since).toISOString() } }
  return { replay: { failed: true } }
}

/** The configured webhooks; a document that cannot be read is no webhook, as for the callers. */
async function configured(nats: Nats): Promise<Webhook[]> {
  const stored = await new ConfigurationStore(nats).list('webhook')
  return stored.flatMap(({ document }) => webhookSchema.safeParse(document).data ?? [])
}

async function known(nats: Nats, id: string): Promise<void> {
  if (!(await configured(nats)).some((webhook) => webhook.id === id))
    throw new Error(`there is no webhook ${plainLine(id)}: see npx frontdesk webhooks`)
}

async function list(nats: Nats, json: boolean): Promise<number> {
  const states = await new WebhookStates(nats).list()
  for (const { id, url } of await configured(nats)) {
    const state = states.get(id)
    const { host } = new URL(url)
    const line = json
      ? jsonText({ id, host, state: nameOf(state), ...shown(state) })
      : lineOf(id, host, state)
    process.stdout.write(`${line}\n`)
  }
  return 0
}

/** `new`: no caller has run it yet. */
function nameOf(state: WebhookState | undefined): 'new' | 'disabled' | 'failing' | 'delivering' {
  if (!state) return 'new'
  if (state.disabled) return 'disabled'
  return state.failingSince === undefined ? 'delivering' : 'failing'
}

function shown(state: WebhookState | undefined) {
  if (!state) return {}
  const { waiting, unread, deliveredAt, failingSince, attempts } = state
  return {
    waiting: waiting.length + unread,
    deliveredAt: iso(deliveredAt),
    failingSince: iso(failingSince),
    attempts,
  }
}

/** `crm  crm.example.com  failing since 2026-06-05T15:00:10.000Z: 3 wait, delivered last at …: refused, status 503` */
function lineOf(id: string, host: string, state: WebhookState | undefined): string {
  const { waiting = 0, deliveredAt, failingSince, attempts: [last] = [] } = shown(state)
  const since = failingSince === undefined ? '' : ` since ${failingSince}`
  const delivered = deliveredAt === undefined ? 'nothing delivered yet' : `delivered last at ${deliveredAt}`
  const why = last?.failure ? [`${last.failure.failure}: ${plainLine(last.failure.reason)}`] : []
  return [id, host, `${nameOf(state)}${since}`, `${waiting} wait`, delivered, ...why].join('  ')
}

async function failed(nats: Nats, id: string | undefined, json: boolean): Promise<number> {
  if (id !== undefined) await known(nats, id)
  const webhooks = id === undefined ? (await configured(nats)).map(({ id }) => id) : [id]
  for (const webhook of webhooks)
    for await (const failure of readFailures(nats, webhook))
      process.stdout.write(`${json ? jsonText(failure) : failureLine(failure)}\n`)
  return 0
}

function failureLine({ at, webhook, id, attempts, failure, reason }: StoredFailure): string {
  return [iso(at), webhook, plainLine(id), `${attempts} attempts`, failure, plainLine(reason)].join('  ')
}

async function replay(nats: Nats, id: string, question: WebhookQuestion): Promise<number> {
  await known(nats, id)
  await note(nats, 'requeued', { kind: 'webhook', id })
  const answer = await askWebhook(nats, id, question)
  if ('refused' in answer) throw new Error(`${answer.refused}: ${refusals[answer.refused]}`)
  const count = 'replayed' in answer ? answer.replayed : null
  process.stdout.write(
    `${id}: ${count === null ? 'everything since then' : `${count} notifications`} will be sent again\n`,
  )
  return 0
}

const refusals = {
  no_such_notification: 'no notification that is still stored has this id',
  disabled: 'the receiver has answered 410; save the webhook again first',
  invalid: 'the caller that runs has another version',
  unavailable: 'no caller runs this webhook: start one with npx frontdesk caller',
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString()
}
