import { readKind } from '../../../engine/core/read-document.ts'
import { Bucket } from '../../../engine/nats/bucket.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { workersAlive } from '../../../engine/nats/engine/presence.ts'
import { streamState } from '../../../engine/nats/operations/stream-state.ts'
import { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { WebhookStates } from '../../../engine/nats/webhooks/webhook-states.ts'
import { type Document, isKind } from '../../../schemas/configuration/document.ts'
import type { Unready } from '../../../schemas/protocol/health.ts'
import { ApiSecrets, placedSecrets } from '../../calls/client/api-secrets.ts'
import { readinessOf } from '../../monitoring/readiness.ts'
import type { Settings } from '../../settings/settings.ts'
import { keyOf, missingReferences } from '../documents/changes.ts'
import type { Check, Finding } from './finding.ts'

/** The checks of the workers, the configuration, and what could not be handled. */
export const serviceChecks: Check[] = [
  { subject: 'engines', find: engines },
  { subject: 'notifier', find: notifier },
  { subject: 'documents', find: documents },
  { subject: 'dead letters', find: unhandled },
  { subject: 'webhooks', find: webhooks },
]

const remedies: Record<Unready['code'], string> = {
  starting: 'wait until it has started',
  stopping: 'start it again',
  nats_unreachable: 'look at the log of NATS and at the network',
  engines_unknown: 'look at the log of NATS; after an upgrade, load the new roles.conf',
  no_engine: 'start one: npm start, or npx frontdesk engine',
  partitions_unowned: 'wait ten seconds; if it stays, look at the logs of the engines, and restart them',
  stream_unwritable: 'make more room on the disk or in the account, and see that all NATS nodes run',
  lag: 'start more engines; if it stays, look at the logs of the engines and of NATS',
  customers_not_served: 'look at the logs of the gateway',
}

async function engines(nats: Nats, { monitoring }: Settings): Promise<Finding[]> {
  const reasons = await readinessOf(nats, monitoring.readyLagMax)()
  return reasons.map(({ code, message }) => ({ code, problem: message, remedy: remedies[code] }))
}

async function notifier(nats: Nats): Promise<Finding[]> {
  if ((await workersAlive(nats, 'notifier')) > 0) return []
  return [
    {
      code: 'no_notifier',
      problem: 'no notifier runs: requests are not offered to agents, and places in the queue are not told',
      remedy: 'start one: npm start, or npx frontdesk notifier',
    },
  ]
}

async function documents(nats: Nats): Promise<Finding[]> {
  const configuration = new ConfigurationStore(nats)
  const secrets = new Set(
    (await new ApiSecrets(new Bucket(nats, 'apiSecrets')).list()).map(({ name }) => name),
  )
  const findings: Finding[] = []
  const valid: Document[] = []
  for (const { kind, id, document } of await configuration.list()) {
    if (!isKind(kind)) continue
    const read = readKind(kind, document)
    if (read.ok) valid.push(read.value)
    else
      findings.push({
        code: 'document_invalid',
        problem: `${kind}.${id} is not valid, and workers do not use it: ${read.error.message}`,
        remedy: `correct it in the administration or with npx frontdesk config apply, or npx frontdesk config delete ${kind} ${id}`,
      })
  }
  for await (const { user, kind, id, effect } of missingReferences(configuration, valid))
    findings.push({
      code: 'reference_missing',
      problem: `${keyOf(user)} names the ${kind} ${id}, which does not exist${effect === undefined ? '' : `: it ${effect}`}`,
      remedy: `create the ${kind} ${id} with npx frontdesk config apply, or name another one`,
    })
  for (const document of valid)
    for (const name of secretsOf(document))
      if (!secrets.has(name))
        findings.push({
          code: 'secret_missing',
          problem: `${keyOf(document)} names the secret ${name}, which does not exist: what needs it fails`,
          remedy: `set it: npx frontdesk secrets set ${name}`,
        })
  return findings
}

/** The names of the secrets that a document needs. */
function secretsOf({ kind, document }: Document): Set<string> {
  if (kind === 'webhook') return new Set([document.secret])
  if (kind !== 'bot') return new Set()
  const named = JSON.stringify(document).matchAll(placedSecrets)
  return new Set([...named].map(([, name = '']) => name))
}

async function unhandled(nats: Nats): Promise<Finding[]> {
  const { messages } = await streamState(nats, 'deadletters')
  if (messages === 0) return []
  return [
    {
      code: 'dead_letters',
      problem: `${counted(messages, 'event')} could not be handled`,
      remedy: 'see why: npx frontdesk deadletters; then requeue or discard them',
    },
  ]
}

async function webhooks(nats: Nats): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [id, { disabled, failingSince, waiting, unread }] of await new WebhookStates(nats).list()) {
    if (disabled)
      findings.push({
        code: 'webhook_disabled',
        problem: `the receiver of webhook.${id} has answered 410: nothing is sent to it`,
        remedy: 'correct its URL and save it again, or delete it',
      })
    else if (failingSince !== undefined)
      findings.push({
        code: 'webhook_failing',
        problem: `every attempt of webhook.${id} has failed since ${new Date(failingSince).toISOString()}: ${counted(waiting.length + unread, 'notification')} wait`,
        remedy: 'see why: npx frontdesk webhooks',
      })
  }
  const { messages } = await streamState(nats, 'webhooks')
  if (messages > 0)
    findings.push({
      code: 'deliveries_failed',
      problem: `${counted(messages, 'delivery', 'deliveries')} of webhooks were given up in the last 30 days`,
      remedy:
        'see why: npx frontdesk webhooks failed; send them again: npx frontdesk webhooks replay <webhook>',
    })
  return findings
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
