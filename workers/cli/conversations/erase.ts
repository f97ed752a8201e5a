import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { newEvent, storeInTime } from '../../../engine/nats/client/store-event.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { isGone, isKnown } from '../../../engine/nats/operations/traces.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { confirm } from '../shell/confirm.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { stderrLogger } from '../shell/logger.ts'
import { conversationsOf, isNamed } from './conversations-of.ts'

const answerTimeoutMs = 30_000
const goneTimeoutMs = 30_000
const lookEveryMs = 100

export default command({
  usage: `
Usage: frontdesk erase <conversation> [--yes]
       frontdesk erase --customer <email or externalId> [--yes]

Removes all data of a conversation: messages, the customer's identity, its request, notifications and dead
letters. One record remains, which says that it was erased. This cannot be undone. Asks first; without a
terminal, --yes is required. Waits until everything is removed and overwritten on the server's disk. Only earlier
revisions of its request may remain for about a week, in a full block of 8 MB that the server has not rewritten yet.

Options:
  --customer <email or externalId>  all conversations that \`export\` finds by this e-mail address or external id
  --yes                             do not ask
  -h, --help                        show this help

Examples:
  npx frontdesk erase c1 --yes
  npx frontdesk erase --customer jose@example.com
`,
  options: { customer: { type: 'string' }, yes: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    const { customer, yes } = values
    if (positionals.length !== (customer === undefined ? 1 : 0) || customer?.trim() === '')
      throw new UsageError(
        'erase takes one conversation, or --customer with an e-mail address or external id',
      )
    await withFrontdesk('erase', async (nats, { logLevel }) => {
      const conversations =
        customer === undefined
          ? [givenToken('conversation', positionals[0])]
          : await conversationsOfCustomer(nats, customer, logLevel)
      const [first = ''] = conversations
      if (customer === undefined && !(await isKnown(nats, first)))
        throw new Error(`there is no conversation ${first}`)
      const named =
        conversations.length === 1 ? `conversation ${first}` : `${conversations.length} conversations`
      if (!(await confirm(`Remove everything of ${named}, for good?`, yes)))
        throw new Error('nothing was erased')
      for (const conversation of conversations) {
        await erase(nats, conversation)
        process.stdout.write(`${conversation} erased\n`)
      }
    })
    return 0
  },
})

/** The conversations that are left of a customer. Throws where there is none. */
async function conversationsOfCustomer(nats: Nats, customer: string, logLevel: string): Promise<string[]> {
  const retryOptions = { log: stderrLogger(logLevel), signal: new AbortController().signal }
  const found = await conversationsOf(nats, retryOptions, isNamed(customer), () => {})
  if (found.size === 0) throw new Error(`no conversation knows a customer ${customer}`)
  return [...found]
}

async function erase(nats: Nats, conversation: string): Promise<void> {
  const id = randomUUID()
  const view = await ConversationView.open(nats, conversation, () => {})
  const outcome = view.outcomeOf(id)
  await note(nats, 'erased', { kind: 'conversation', id: conversation })
  await storeInTime(nats, newEvent(conversation, 'admin.erased', {}, id), answerTimeoutMs)
  if (!(await Promise.race([outcome, sleep(answerTimeoutMs)])))
    throw new Error('asked for, but nothing answers: it is done once an engine runs')
  view.close()

  const until = Date.now() + goneTimeoutMs
  while (!(await isGone(nats, conversation))) {
    if (Date.now() > until)
      throw new Error(`${conversation} is erased, but not yet removed everywhere: does a notifier run?`)
    await sleep(lookEveryMs)
  }
}
