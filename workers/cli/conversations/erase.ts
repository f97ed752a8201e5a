import { setTimeout as sleep } from 'node:timers/promises'
import type { Nats } from '../../../engine/nats/connect.ts'
import { isGone, isKnown } from '../../../engine/nats/operations/traces.ts'
import { ConversationView } from '../../../engine/nats/views/conversation-view.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { confirm } from '../shell/confirm.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { newEventId, sendEvent } from './send-event.ts'

const answerTimeoutMs = 30_000
const goneTimeoutMs = 30_000
const lookEveryMs = 100

export default command({
  usage: `
Usage: frontdesk erase <conversation> [--yes]

Removes all data of a conversation: messages, the customer's identity, its request, notifications and dead
letters. One record remains, which says that it was erased. This cannot be undone. Asks first; without a
terminal, --yes is required. Waits until everything is removed.

Options:
  --yes       do not ask
  -h, --help  show this help

Example:
  npx frontdesk erase c1 --yes
`,
  options: { yes: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    if (positionals.length !== 1) throw new UsageError('erase takes one conversation')
    const conversation = givenToken('conversation', positionals[0])
    await withFrontdesk('erase', async (nats) => {
      if (!(await isKnown(nats, conversation))) throw new Error(`there is no conversation ${conversation}`)
      if (!(await confirm(`Remove everything of conversation ${conversation}, for good?`, values.yes)))
        throw new Error('nothing was erased')
      await erase(nats, conversation)
    })
    process.stdout.write(`${conversation} erased\n`)
    return 0
  },
})

async function erase(nats: Nats, conversation: string): Promise<void> {
  const id = newEventId()
  const view = await ConversationView.open(nats, conversation, () => {})
  const outcome = view.outcomeOf(id)
  await sendEvent(nats, conversation, 'admin.erased', {}, id)
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
