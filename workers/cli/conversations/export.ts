import { once } from 'node:events'
import { open, rm } from 'node:fs/promises'
import type { Nats } from '../../../engine/nats/connect.ts'
import { type StreamName, streamState } from '../../../engine/nats/operations/stream-state.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { stderrLogger } from '../shell/logger.ts'
import { progressBar } from '../shell/progress-bar.ts'
import { conversationsOf, isNamed, type Looked } from './conversations-of.ts'
import { exportedConversation, tracesOf } from './exported-conversation.ts'

export default command({
  usage: `
Usage: frontdesk export <email or externalId> [--output <file>]

Prints all stored data of one customer as one JSON document: every conversation in which a login or a form gave
that e-mail address (in any case) or that external id. Addresses in texts are not searched. Anybody may have typed an
address into a form: \`customer.verified\` is true for a login. Exits with 1 if there is none; erased conversations
are gone.

  exportedAt, of     the time, and the address or id searched for
  eventsSince        the first event in the log: customers of earlier ones may not be found
  conversations      a list, in the order in which they named the customer; each has
    conversation, channel, locale, startedAt, endedAt, reason
    customer         name, email, externalId, verified
    details          answers to the forms' other fields
    variables        the bot's last variables; own: the memory of a custom machine
    transcript       the messages, as in \`transcript --json\`
    notes            agents' notes, each with its time
    events           id, at, type, outcome, rejected, and the payload as it was sent (text or base64 if it is not
                     JSON); missing: aged out of the log; withheld: another person's login, which was refused
    calls            requests of bots to APIs, without headers, and the answers
    request          as agents see it now; a closed one is removed after a week
    notifications    the notifications to agents
    deadLetters      events that could not be handled
    missing          the number of events and notifications that are not stored (any more, or yet), and whether the
                     request is missing
  alsoKnownAs        other addresses and ids in these conversations: export them, too

Options:
  --output <file>  write to a new file that only you can read, instead of standard output
  -h, --help       show this help

Example:
  npx frontdesk export jose@example.com --output jose.json
`,
  options: { output: { type: 'string' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    const [wanted = ''] = positionals
    if (positionals.length !== 1 || wanted.trim() === '')
      throw new UsageError('export takes one e-mail address or external id')
    await withFrontdesk('export', async (nats, { logLevel }) => {
      const document = exportOf(nats, wanted, logLevel)
      if (values.output === undefined) await print(document)
      else await writeNew(values.output, document)
    })
    return 0
  },
})

/** Yields the document in parts, one conversation in memory at a time. Throws before the first part if there is none. */
async function* exportOf(nats: Nats, wanted: string, logLevel: string): AsyncGenerator<string> {
  const retryOptions = { log: stderrLogger(logLevel), signal: new AbortController().signal }
  const isTheirs = isNamed(wanted)
  const { looked, end } = await progressThrough(nats, ['events', 'conversations', 'deadletters', 'workspace'])
  const exportedAt = new Date().toISOString()
  const eventsSince = await firstEventAt(nats)
  const conversations = await conversationsOf(nats, retryOptions, isTheirs, looked)
  const traces = await tracesOf(nats, conversations, looked)
  end()

  const others = new Set<string>()
  const bar = progressBar('conversations', conversations.size)
  let read = 0
  let before = `{\n${fields({ exportedAt, of: wanted, eventsSince })},\n  "conversations": [`
  for (const [conversation, traced] of traces) {
    const found = await exportedConversation(nats, retryOptions, conversation, traced, isTheirs)
    bar.at(++read)
    if (!found) continue
    await note(nats, 'exported', { kind: 'conversation', id: conversation })
    for (const { email, externalId } of found.named)
      for (const name of [email, externalId])
        if (name !== undefined && !isTheirs({ email: name, externalId: name })) others.add(name)
    yield `${before}\n    ${indented(found.exported, 4)}`
    before = ','
  }
  bar.end()
  if (before !== ',')
    throw new Error(
      `nothing is stored of ${wanted}: no conversation was given that e-mail address or external id since ` +
        `${eventsSince ?? exportedAt}, the beginning of the log, or knows it now; what was erased is gone`,
    )
  yield `\n  ],\n${fields({ alsoKnownAs: [...others] })}\n}\n`
}

function fields(values: object): string {
  return Object.entries(values)
    .map(([name, value]) => `  ${jsonText(name)}: ${indented(value, 2)}`)
    .join(',\n')
}

function indented(value: unknown, spaces: number): string {
  return jsonText(value, 2).replaceAll('\n', `\n${' '.repeat(spaces)}`)
}

async function firstEventAt(nats: Nats): Promise<string | null> {
  const { firstAt } = await streamState(nats, 'events')
  return firstAt === undefined ? null : new Date(firstAt).toISOString()
}

/** Shows the progress of reading some streams, one after another, as a whole. */
async function progressThrough(nats: Nats, names: StreamName[]): Promise<{ looked: Looked; end(): void }> {
  const places = new Map<StreamName, { before: number; first: number }>()
  let total = 0
  for (const name of names) {
    const { messages, first, last } = await streamState(nats, name)
    places.set(name, { before: total, first })
    if (messages > 0) total += last - first + 1
  }
  const { at, end } = progressBar('messages', total)
  const looked: Looked = (stream, seq) => {
    const place = places.get(stream)
    if (place) at(place.before + seq - place.first + 1)
  }
  return { looked, end }
}

async function print(document: AsyncIterable<string>): Promise<void> {
  for await (const part of document) if (!process.stdout.write(part)) await once(process.stdout, 'drain')
}

/** Never overwrites a file: it may be somebody else's. Removes an unfinished one. */
async function writeNew(path: string, document: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const part of document) await file.appendFile(part)
    await file.close()
  } catch (error) {
    await file.close().catch(() => {})
    await rm(path, { force: true })
    throw error
  }
}
