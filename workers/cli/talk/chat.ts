import { randomBytes } from 'node:crypto'
import { checkDocument } from '../../../engine/core/read-document.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { languageOf, languageTexts } from '../../../engine/texts/languages.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { CustomerChat } from './customer-chat.ts'
import { Terminal } from './terminal.ts'

export default command({
  usage: `
Usage: frontdesk chat [channel] [options]

A customer's chat in the terminal: begins a conversation on a channel (default: web). The fields of a form are asked
one by one; a refused answer is explained and asked again.

  /end      end the conversation; Ctrl-D does the same
  /rate 5   rate it after its end, from 1 to 5; a text may follow
  /quit     leave it open; Ctrl-C does the same
  /help     list these commands
  //text    send a text that begins with a slash

With piped input it reads one line at a time, waits for its outcome, and leaves at the end of the input.

Options:
  --locale <tag>         the customer's language, such as fr; default: the channel's
  --conversation <id>    return to this conversation, or begin one with this id
  --external-id <id>     the id of a logged-in customer at the company
  --name <name>          the logged-in customer's name
  --email <address>      the logged-in customer's e-mail address
  -h, --help             show this help

Examples:
  npx frontdesk chat
  npx frontdesk chat mobile --locale fr
  npx frontdesk chat web --external-id 4711 --name José --email jose@example.com
  printf 'Hello\\n/end\\n' | npx frontdesk chat
`,
  options: {
    locale: { type: 'string' },
    conversation: { type: 'string' },
    'external-id': { type: 'string' },
    name: { type: 'string' },
    email: { type: 'string' },
  },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    if (positionals.length > 1) throw new UsageError('chat takes one channel')
    const channel = givenToken('channel', positionals[0] ?? 'web')
    const conversation = givenToken('conversation', values.conversation ?? randomBytes(10).toString('hex'))
    const { locale, name, email, 'external-id': externalId } = values
    if (externalId === undefined && (name !== undefined || email !== undefined))
      throw new UsageError('--name and --email are an identified customer’s: give their --external-id, too')

    return withFrontdesk('chat', async (nats) => {
      // As the engine chooses the conversation's language.
      const locales = [locale ?? '', (await localeOf(nats, channel)) ?? '']
      const texts = languageTexts(locales.find(languageOf) ?? 'en')
      let interrupted = false
      const terminal = new Terminal(() => {
        interrupted = true
        chat.leave()
      })
      const chat = new CustomerChat(terminal, texts)
      process.stderr.write(`frontdesk: conversation ${conversation}\n`)
      const end = await chat.run(nats, conversation, {
        channel,
        ...(locale !== undefined && { locale }),
        ...(externalId !== undefined && {
          customer: {
            externalId,
            ...(name !== undefined && { name }),
            ...(email !== undefined && { email }),
          },
        }),
      })
      terminal.close()
      if (end === 'left' && terminal.isInteractive)
        process.stderr.write(
          `${texts.chatTexts.left}\n  npx frontdesk chat ${channel} --conversation ${conversation}\n`,
        )
      return interrupted ? 130 : 0
    })
  },
})

/** The channel's language, so that this terminal speaks the one that the conversation will have. */
async function localeOf(nats: Nats, channel: string): Promise<string | undefined> {
  const stored = await new ConfigurationStore(nats).get('channel', channel)
  const checked = stored && checkDocument('channel', stored.document)
  return checked?.ok ? checked.value.document.locale : undefined
}
