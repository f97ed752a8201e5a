import { builtIn } from '../../../engine/machines/bots/built-in.ts'
import { botDefinition, botNamed } from '../../../engine/machines/bots/definition.ts'
import {
  type Definition,
  definitionsOf,
  idAndVersion,
  type Registry,
} from '../../../engine/machines/definitions.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { storedBots } from '../../../engine/nats/engine/bot-revisions.ts'
import { streamState } from '../../../engine/nats/operations/stream-state.ts'
import { readAllHistory, readHistory } from '../../../engine/nats/views/history.ts'
import { isFlow } from '../../../schemas/configuration/bot.ts'
import { loadOwnMachines } from '../../settings/own-machines.ts'
import { readSettings, variablesOf } from '../../settings/settings.ts'
import { readDocuments } from '../documents/read-documents.ts'
import { readFiles } from '../documents/read-files.ts'
import { command, givenToken, UsageError } from '../shell/command.ts'
import { withFrontdesk } from '../shell/connect-to-running.ts'
import { jsonText } from '../shell/json.ts'
import { progressBar } from '../shell/progress-bar.ts'
import { plainLine } from '../shell/text.ts'
import { type Differing, type ReplayReport, replayConversations } from './replay-conversations.ts'

/** The most differences that are printed. */
const differencesShown = 20
const valueLengthShown = 300

export default command({
  usage: `
Usage: frontdesk replay <conversation> [--machine <machine>] [--json]
       frontdesk replay --all [--machine <machine>] [--json]

Decides the events of one stored conversation, or of all, again with the present machines, and prints the first
event of each with a different result: the regression test for a changed machine. Writes nothing. Exits with 1 if
anything differs. Customers' texts are not masked in the output. The last state of every conversation is held in
memory, some 5 kB each.

With --machine, each conversation begins with that machine instead, and only results that others see are compared:
messages, status, requests, calls, refusals and due times of timers.

Options:
  --all                replay all conversations
  --machine <machine>  a version of the conversation's machine (2), a machine (survey@2), or the file of a bot,
                       which replays that bot's conversations
  --json               print the report as JSON
  -h, --help           show this help

Examples:
  npx frontdesk replay c1
  FRONTDESK_MACHINES=machines npx frontdesk replay --all --machine survey@2
  npx frontdesk replay --all --machine assistant.yaml
`,
  options: { all: { type: 'boolean' }, machine: { type: 'string' }, json: { type: 'boolean' } },
  environment: variablesOf.machines,
  async run({ values, positionals }) {
    if (values.all ? positionals.length > 0 : positionals.length !== 1)
      throw new UsageError('replay takes one conversation, or --all')
    const conversation = values.all ? 'all' : givenToken('conversation', positionals[0])
    const settings = readSettings(process.env)
    const own = await loadOwnMachines(settings.machines)
    const definitions = definitionsOf(...builtIn, ...own)
    const instead = values.machine === undefined ? undefined : await insteadOf(values.machine, definitions)
    return withFrontdesk('replay', async (nats) => {
      const bar = progressBar('events', await eventsOf(nats, conversation))
      const began = performance.now()
      const history = conversation === 'all' ? readAllHistory(nats) : readHistory(nats, conversation)
      const report = await replayConversations(history, {
        definitions,
        instead,
        machines: storedBots(definitions, nats),
        progress: bar.at,
      })
      bar.end()
      const seconds = (performance.now() - began) / 1000
      if (report.conversations === 0 && !values.all) throw new Error(whyNot(conversation, report))
      if (values.json) process.stdout.write(`${jsonText({ ...report, seconds })}\n`)
      else process.stdout.write(described(report, seconds))
      return report.differing.length > 0 ? 1 : 0
    })
  },
})

/** The number of events for the progress bar; a single conversation needs none. */
async function eventsOf(nats: Nats, conversation: string): Promise<number> {
  return conversation === 'all' ? (await streamState(nats, 'events')).messages : 0
}

/** Returns a lookup from the machine that a conversation began with to the one to replay with. */
async function insteadOf(
  given: string,
  definitions: Registry,
): Promise<(name: string) => Definition | undefined> {
  if (/\.(ya?ml|json)$/i.test(given)) return botOf(given)
  const isVersion = /^[1-9]\d*$/.test(given)
  const { id } = idAndVersion(given)
  const known = definitions
    .all()
    .filter((known) => (isVersion ? known.version === Number(given) : known.id === id))
  if (!isVersion && !definitions.named(given))
    throw new UsageError(
      `--machine: there is no ${given}; there ${listed(known.length > 0 ? known : definitions.all())}`,
    )
  return (name) => {
    const began = idAndVersion(name).id
    return isVersion
      ? definitions.named(`${began}@${given}`)
      : began === id
        ? definitions.named(given)
        : undefined
  }
}

function listed(definitions: Definition[]): string {
  const names = definitions.map(({ name }) => name)
  return `${names.length > 1 ? 'are' : 'is'} ${names.join(', ')} (FRONTDESK_MACHINES names the folder of others)`
}

async function botOf(file: string): Promise<(name: string) => Definition | undefined> {
  const { documents, problems } = readDocuments(await readFiles(file))
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const found = documents.flatMap(({ kind, document }) =>
    kind === 'bot' && isFlow(document) ? [document] : [],
  )
  const [bot] = found
  if (!bot || found.length > 1) throw new UsageError(`--machine: ${file} must hold one bot with answers`)
  const definition = botDefinition(bot)
  return (name) => (botNamed(name)?.id === bot.id ? definition : undefined)
}

function whyNot(conversation: string, { passedOver, missing }: ReplayReport): string {
  const [machine] = Object.keys(missing)
  if (machine !== undefined) return `${conversation} runs ${machine}, which is not there: ${wherefrom}`
  if (passedOver.erased) return `conversation ${conversation} was erased; nothing of it is left`
  if (passedOver.aged) return `the log does not have all events of ${conversation} any more`
  if (passedOver.other) return `${conversation} did not begin with a version of that machine`
  return `there is no conversation ${conversation}`
}

const wherefrom = 'FRONTDESK_MACHINES names the folder of machines of your own'

function described(report: ReplayReport, seconds: number): string {
  const { conversations, events, differing, passedOver, missing } = report
  const rate = seconds > 1 ? ` (${Math.round(events / seconds)} a second)` : ''
  const lines = [
    `${counted(conversations, 'conversation')}, ${counted(events, 'event')} decided again in ${seconds.toFixed(1)} s${rate}`,
    differing.length === 0
      ? 'nothing comes out differently'
      : `${counted(differing.length, 'conversation')} ${differing.length === 1 ? 'comes' : 'come'} out differently`,
    ...differing.slice(0, differencesShown).flatMap(describedDifference),
  ]
  if (differing.length > differencesShown)
    lines.push(`… and ${differing.length - differencesShown} more: --json has them all`)
  const { erased, aged, other } = passedOver
  if (erased)
    lines.push(`passed over: ${counted(erased, 'conversation')} that ${erased === 1 ? 'was' : 'were'} erased`)
  if (aged)
    lines.push(`passed over: ${counted(aged, 'conversation')} whose events the log does not have any more`)
  if (other) lines.push(`passed over: ${counted(other, 'conversation')} of other machines`)
  for (const [machine, count] of Object.entries(missing))
    lines.push(
      `passed over: ${counted(count, 'conversation')} of ${machine}, which is not there: ${wherefrom}`,
    )
  return `${lines.join('\n')}\n`
}

function describedDifference({ conversation, seq, type, at, path, stored, again }: Differing): string[] {
  return [
    `${conversation}: event ${seq}, ${plainLine(type)}, ${at}: ${path}`,
    `  stored  ${shown(stored)}`,
    `  now     ${shown(again)}`,
  ]
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : plainLine(jsonText(value))
  return text.length > valueLengthShown ? `${text.slice(0, valueLengthShown)}…` : text
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
