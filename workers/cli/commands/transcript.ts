import type { PublicRecord } from '../../../engine/nats/stored-records.ts'
import { storedRecords } from '../../../engine/nats/stored-records.ts'
import { isErasure } from '../../is-erasure.ts'
import { readSettings } from '../../settings.ts'
import { command } from '../command.ts'
import { connectToFrontdesk } from '../connect-to-running.ts'
import { givenToken } from '../given-token.ts'
import { saidIn, transcriptAsMarkdown, transcriptAsText } from '../transcript.ts'
import { UsageError } from '../usage-error.ts'

export default command({
  usage: `
Usage: frontdesk transcript <conversation> [--json|--markdown]

What was said in a conversation, a line each: [time] Author: text. Exits with 1 where there is no such
conversation, and where it was erased.

Options:
  --json      a list of the messages, as in the records, each with its time \`at\`
  --markdown  as a document
  -h, --help  this

Example:
  npx frontdesk transcript c1 --markdown > c1.md
`,
  options: { json: { type: 'boolean' }, markdown: { type: 'boolean' } },
  environment: ['NATS_URL', 'FRONTDESK_DATA', 'LOG_LEVEL'],
  async run({ values, positionals }) {
    if (positionals.length !== 1) throw new UsageError('transcript takes one conversation')
    if (values.json && values.markdown) throw new UsageError('--json and --markdown exclude each other')
    const conversation = givenToken('conversation', positionals[0])
    const nats = await connectToFrontdesk(readSettings(process.env), 'transcript')
    const records: PublicRecord[] = []
    for await (const { record } of storedRecords(nats, conversation)) if (record) records.push(record)
    await nats.close()
    const erased = records.find(isErasure)
    if (erased)
      throw new Error(`conversation ${conversation} was erased at ${erased.at}; nothing of it is left`)
    // An event for a conversation that never began is refused with a record, too.
    if (!records.some(({ outcome }) => outcome === 'applied'))
      throw new Error(`there is no conversation ${conversation}`)
    const said = saidIn(records)
    if (values.json) process.stdout.write(`${JSON.stringify(said, null, 2)}\n`)
    else if (values.markdown) process.stdout.write(transcriptAsMarkdown(conversation, said))
    else process.stdout.write(transcriptAsText(said))
    return 0
  },
})
