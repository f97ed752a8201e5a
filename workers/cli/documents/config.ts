import { checkDocument } from '../../../engine/core/read-document.ts'
import type { Nats } from '../../../engine/nats/connect.ts'
import { hasTopology } from '../../../engine/nats/ensure-topology.ts'
import { ConfigurationStore } from '../../../engine/nats/views/configuration-store.ts'
import { type Document, isKind, type Kind, kinds } from '../../../schemas/configuration/document.ts'
import { expandedYears } from '../../import/calendar-from-ics.ts'
import { variablesOf } from '../../settings/settings.ts'
import { note, operatorName } from '../shell/audit.ts'
import { command, UsageError } from '../shell/command.ts'
import { withRunning, withTopology } from '../shell/connect-to-running.ts'
import { jsonText, yamlText } from '../shell/json.ts'
import { warn } from '../shell/report.ts'
import {
  changesBy,
  keyOf,
  missingReferences,
  noConfiguration,
  type ReadConfiguration,
  referencesOf,
} from './changes.ts'
import { type CalendarNaming, calendarIn, zendeskSchedulesIn } from './imported-documents.ts'
import { readDocuments } from './read-documents.ts'
import { readFiles } from './read-files.ts'

export default command({
  usage: `
Usage: frontdesk config apply <file|folder> [--dry-run]
       frontdesk config get [kind] [id] [--yaml]
       frontdesk config delete <kind> <id> [--dry-run]
       frontdesk config import zendesk-schedules <file> [--dry-run [--yaml]]
       frontdesk config import ics <file> [--id <id>] [--name <name>] [--dry-run [--yaml]]

Manages channels, schedules, calendars, bots, workspaces and saved replies. A change takes effect for new
conversations within a second. Kinds:
${kinds.join(', ')}.

  apply   read JSON and YAML files (each with an object, a list, or several YAML documents), or all files of a
          folder, check everything, and apply all documents, or none if any is invalid. An object may have its
          kind (\`kind: channel\`); without it, an object with \`timeZone\` is a schedule, another with
          \`holidays\` a calendar, one with \`answers\`, \`external\` or \`machine\` a bot, one with \`routing\`,
          \`capacity\`, \`offerTimeout\` or \`overflow\` a workspace, one with \`title\` and \`text\` a saved
          reply, any other a channel
  get     print one document, or a list of them, as JSON
  delete  delete one document; a warning names the documents that refer to it, which work without it
  import  import schedules from a response of the Zendesk Schedules API
          (GET /api/v2/business_hours/schedules.json), or a calendar from an iCalendar file: each event of whole days
          is a holiday, one with the same day each year a yearly one; a rule with other dates becomes those of
          ${expandedYears} years, of which a warning tells, and an event of parts of days is left out with a warning

Options:
  --id <id>, --name <name>
              with import ics: the calendar's id and name, by default from the file's own name for itself
  --yaml      with get: print YAML instead of JSON; with import --dry-run: print the documents as YAML
  --dry-run   write nothing: print each document that would be created, changed, unchanged or deleted, and below it
              the fields that would change
  -h, --help  show this help

Examples:
  npx frontdesk config apply test/examples/acme
  npx frontdesk config get channel web
  npx frontdesk config delete schedule paris
`,
  options: {
    id: { type: 'string' },
    name: { type: 'string' },
    yaml: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  environment: variablesOf.topology,
  async run({ values, positionals }) {
    const [action, ...rest] = positionals
    const { yaml = false, 'dry-run': dryRun = false, ...naming } = values
    if (dryRun && action === 'get') throw new UsageError('config get changes nothing: it takes no --dry-run')
    if (yaml && action !== 'get' && !(action === 'import' && dryRun))
      throw new UsageError('--yaml goes with config get, or with config import --dry-run')
    if (Object.keys(naming).length > 0 && !(action === 'import' && rest[0] === 'ics'))
      throw new UsageError('--id and --name go with config import ics')
    switch (action) {
      case 'apply':
        return apply(only(rest, 1, 1, 'config apply takes a file or a folder')[0] as string, dryRun)
      case 'get': {
        const [kind, id] = only(rest, 0, 2, 'config get takes a kind and an id at most')
        return get(kind, id, yaml)
      }
      case 'delete': {
        const [kind, id] = only(rest, 2, 2, 'config delete takes a kind and an id')
        return remove(kind as string, id as string, dryRun)
      }
      case 'import': {
        const [from = '', file = ''] = only(
          rest,
          2,
          2,
          'config import takes zendesk-schedules or ics, and a file',
        )
        if (from !== 'zendesk-schedules' && from !== 'ics')
          throw new UsageError(`config import knows no ${from}`)
        return importFrom(from, file, naming, { dryRun, yaml })
      }
      case undefined:
        throw new UsageError('config needs to be told what to do: apply, get, delete or import')
      default:
        throw new UsageError(`config has no ${action}`)
    }
  },
})

function only(given: string[], min: number, max: number, otherwise: string): string[] {
  if (given.length < min || given.length > max) throw new UsageError(otherwise)
  return given
}

async function apply(path: string, dryRun: boolean): Promise<number> {
  const { documents, problems } = readDocuments(await readFiles(path))
  if (problems.length > 0) {
    for (const problem of problems) process.stderr.write(`${problem}\n`)
    process.stderr.write(
      `frontdesk: nothing was applied: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}\n`,
    )
    return 1
  }
  await storeOrShow(documents, dryRun)
  return 0
}

/** Referenced kinds first, so that they exist when a worker reads the reference. */
const storedInOrder: readonly Kind[] = [
  ...(['calendar', 'schedule', 'bot', 'workspace', 'channel', 'reply', 'webhook'] as const),
]

function inOrder(documents: Document[]): Document[] {
  return storedInOrder.flatMap((kind) => documents.filter((document) => document.kind === kind))
}

function storeOrShow(documents: Document[], dryRun: boolean): Promise<void> {
  if (!dryRun) return withConfiguration((configuration, nats) => store(configuration, nats, documents))
  return withoutWriting(async (configuration) => {
    await warnOfMissing(configuration, documents)
    for (const document of inOrder(documents))
      process.stdout.write(`${(await changesBy(configuration, document)).join('\n')}\n`)
  })
}

/** Warns of documents that are referred to, and neither stored nor among these. */
async function warnOfMissing(configuration: ReadConfiguration, documents: Document[]): Promise<void> {
  for await (const { user, kind, id, effect } of missingReferences(configuration, documents))
    warn(`${keyOf(user)}: there is no ${kind} ${id}; until there is, the ${user.kind} ${effect}`)
}

async function store(configuration: ConfigurationStore, nats: Nats, documents: Document[]): Promise<void> {
  await warnOfMissing(configuration, documents)
  const applied: string[] = []
  try {
    for (const document of inOrder(documents)) {
      const key = `${document.kind}.${document.document.id}`
      const { kind } = document
      const { isChanged } = await configuration.put(document, {
        by: author(),
        before: (revision) => note(nats, 'saved', { kind, id: document.document.id, revision }),
      })
      applied.push(key)
      process.stdout.write(`${key} ${isChanged ? 'applied' : 'unchanged'}\n`)
    }
  } catch (error) {
    throw new Error(
      `only ${applied.length} of ${documents.length} were applied: ${(error as Error).message}; apply again`,
      { cause: error },
    )
  }
}

/** `ann (frontdesk config)` */
function author(): string {
  const by = 'frontdesk config'
  const name = operatorName()
  return name === undefined ? by : `${name} (${by})`
}

async function get(kind: string | undefined, id: string | undefined, yaml: boolean): Promise<number> {
  if (kind !== undefined && !isKind(kind))
    throw new UsageError(`there is no kind ${kind}; there are ${kinds.join(', ')}`)
  await withConfiguration(async (configuration) => {
    if (kind !== undefined && id !== undefined) {
      const stored = await configuration.get(kind, id)
      if (!stored) throw new Error(`there is no ${kind} ${id}`)
      return print(stored.document, yaml)
    }
    const all = await configuration.list(kind)
    // With several kinds, each document names its kind, so that the output can be applied again.
    const shown = all.map(({ kind: documentKind, document }) =>
      kind === undefined && typeof document === 'object' ? { kind: documentKind, ...document } : document,
    )
    return print(shown, yaml)
  })
  return 0
}

async function print(value: unknown, yaml: boolean): Promise<void> {
  process.stdout.write(yaml ? await yamlText(value) : `${jsonText(value, 2)}\n`)
}

async function remove(kind: string, id: string, dryRun: boolean): Promise<number> {
  if (!isKind(kind)) throw new UsageError(`there is no kind ${kind}; there are ${kinds.join(', ')}`)
  const check = async (configuration: ReadConfiguration) => {
    if (!(await configuration.get(kind, id))) throw new Error(`there is no ${kind} ${id}`)
    const users = await usersOf(configuration, kind, id)
    if (users.length > 0) warn(`${kind}.${id} is in use by ${users.join(', ')}`)
  }
  if (dryRun) await withoutWriting(check)
  else
    await withConfiguration(async (configuration, nats) => {
      await check(configuration)
      const before = (revision: number) => note(nats, 'deleted', { kind, id, revision })
      await configuration.delete(kind, id, { by: author(), before })
    })
  process.stdout.write(`${kind}.${id} deleted\n`)
  return 0
}

/** `channel.web`, `bot.assistant`, `workspace.main` */
async function usersOf(configuration: ReadConfiguration, kind: Kind, id: string): Promise<string[]> {
  const userKind = kind === 'calendar' ? 'schedule' : 'channel'
  const users = (await configuration.usersOf(kind, id)).map((user) => `${userKind}.${user}`)
  for (const userKind of ['bot', 'workspace'] as const)
    for (const user of await configuration.list(userKind)) {
      const checked = checkDocument(userKind, user.document)
      const references = checked.ok ? referencesOf(checked.value) : []
      if (references.some(([usedKind, usedId]) => usedKind === kind && usedId === id))
        users.push(`${userKind}.${user.id}`)
    }
  return users
}

async function importFrom(
  from: string,
  file: string,
  naming: CalendarNaming,
  { dryRun, yaml }: { dryRun: boolean; yaml: boolean },
): Promise<number> {
  const documents = from === 'ics' ? [await calendarIn(file, naming)] : await zendeskSchedulesIn(file)
  if (!yaml) await storeOrShow(documents, dryRun)
  else {
    const shown = documents.map(({ kind, document }) => ({ kind, ...document }))
    await print(from === 'ics' ? shown[0] : shown, true)
  }
  return 0
}

/** Reads the configuration as it is, and creates no streams where there are none. */
function withoutWriting(use: (configuration: ReadConfiguration) => Promise<void>): Promise<void> {
  return withRunning('config', async (nats) => {
    await use((await hasTopology(nats)) ? new ConfigurationStore(nats) : noConfiguration)
    process.stderr.write('frontdesk: --dry-run: nothing was written\n')
  })
}

function withConfiguration(
  use: (configuration: ConfigurationStore, nats: Nats) => Promise<void>,
): Promise<void> {
  return withTopology('config', (nats) => use(new ConfigurationStore(nats), nats))
}
