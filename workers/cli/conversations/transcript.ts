import { variablesOf } from '../../settings/settings.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import {
  ratingIn,
  saidAndNotedIn,
  saidIn,
  transcriptAsMarkdown,
  transcriptAsText,
} from './format-transcript.ts'
import { recordsOf } from './records-of.ts'

export default command({
  usage: `
Usage: frontdesk transcript <conversation> [--json|--markdown]

Prints the messages of a conversation, one per line: [time] Author: text. Exits with 1 if the conversation does not
exist or was erased. Agents' notes are left out, since a transcript may go to the customer. The last line
of text is the customer's rating, if there is one.

Options:
  --json      print a list of the messages, as in the records, each with its time \`at\`
  --markdown  print a Markdown document
  --notes     print agents' notes, too, each marked as a note: not for customers
  -h, --help  show this help

Example:
  npx frontdesk transcript c1 --markdown > c1.md
`,
  options: { json: { type: 'boolean' }, markdown: { type: 'boolean' }, notes: { type: 'boolean' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    if (positionals.length !== 1) throw new UsageError('transcript takes one conversation')
    if (values.json && values.markdown) throw new UsageError('--json and --markdown exclude each other')
    const conversation = givenToken('conversation', positionals[0])
    const records = await withFrontdesk('transcript', (nats) => recordsOf(nats, conversation))
    const said = values.notes ? saidAndNotedIn(records) : saidIn(records)
    const all = [...said, ...ratingIn(records)]
    if (values.json) process.stdout.write(`${jsonText(said, 2)}\n`)
    else if (values.markdown) process.stdout.write(transcriptAsMarkdown(conversation, all))
    else process.stdout.write(transcriptAsText(all))
    return 0
  },
})
