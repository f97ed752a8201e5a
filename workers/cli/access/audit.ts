import { once } from 'node:events'
import { AuditLog } from '../../../engine/nats/views/audit-log.ts'
import { type AuditedAct, auditDaysDefault } from '../../../schemas/protocol/audit.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { sinceInstant } from '../shell/since.ts'
import { plainLine } from '../shell/text.ts'

export default command({
  usage: `
Usage: frontdesk audit [--since <time|duration>] [--json]

Prints who did what, the latest last: documents saved and deleted, conversations revealed, erased and exported, dead
letters requeued and discarded, keys and secrets made and removed, tickets made, sign-ins ended. Each line is written
before the act, which may have failed after that. The revision of a document is the one that was replaced, 0 for a new
one. Kept for 400 days.

Options:
  --since <time|duration>  from then on: an ISO 8601 time, or a duration such as PT1H or P7D; default P${auditDaysDefault}D
  --json                   one JSON object per line
  -h, --help               show this help

Examples:
  npx frontdesk audit --since P7D
  npx frontdesk audit --since 2026-06-01T00:00:00Z --json
`,
  options: { since: { type: 'string' }, json: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    if (positionals.length > 0) throw new UsageError('audit takes no arguments')
    const from = sinceInstant(values.since ?? `P${auditDaysDefault}D`)
    await withFrontdesk('audit', async (nats) => {
      for await (const act of new AuditLog(nats).from(from)) {
        const line = values.json ? jsonText(act) : lineOf(act)
        if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain')
      }
    })
    return 0
  },
})

/** `2026-06-05T15:00:10.000Z  ada (administrator)  saved  channel web  revision 12` */
function lineOf({ at, by, action, on }: AuditedAct): string {
  const revision = on.revision === undefined ? [] : [`revision ${on.revision}`]
  return [at, `${by.id} (${by.role})`, action, `${on.kind} ${on.id}`, ...revision].map(plainLine).join('  ')
}
