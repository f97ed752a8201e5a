import { checkDocument } from '../../../engine/core/read-document.ts'
import type { DocumentOf } from '../../../schemas/configuration/document.ts'
import type { Calendar } from '../../../schemas/configuration/schedule.ts'
import { token } from '../../../schemas/token.ts'
import { readSettings } from '../../settings/settings.ts'

type Kind = 'schedule' | 'bot'

/** A document, and the calendars beside it. */
export interface NamedDocument<K extends Kind> {
  document: DocumentOf<K>['document']
  /** The calendars of a schedule: those in the same file or folder, or in the configuration. */
  calendars: ReadonlyMap<string, Calendar>
}

/**
 * Finds a document by its id in the configuration, or by the path of a JSON or YAML file, which has a single document
 * of that kind or is followed by `#<id>`. Throws an Error that says what to do.
 *
 * @param noun the word for it in messages
 */
export async function documentNamed<K extends Kind>(
  kind: K,
  name: string,
  command: string,
  noun: string = kind,
): Promise<NamedDocument<K>> {
  return token.safeParse(name).success
    ? await configured(kind, name, command, noun)
    : await inFile(kind, name)
}

async function configured<K extends Kind>(
  kind: K,
  id: string,
  command: string,
  noun: string,
): Promise<NamedDocument<K>> {
  // Imported only here: a file needs neither NATS nor the time to load its client.
  const { connectToRunning } = await import('../shell/connect-to-running.ts')
  const { ConfigurationStore } = await import('../../../engine/nats/views/configuration-store.ts')
  const { hasTopology } = await import('../../../engine/nats/ensure-topology.ts')
  const nats = await connectToRunning(readSettings(process.env), command)
  try {
    const configuration = new ConfigurationStore(nats)
    const stored = (await hasTopology(nats)) && (await configuration.get(kind, id))
    if (!stored) throw new Error(`there is no ${noun} ${id}; a file of that name is ./${id}`)
    const checked = checkDocument(kind, stored.document)
    if (!checked.ok) throw new Error(`${kind}.${id}: ${checked.error.message}`)
    const listed = kind === 'schedule' ? await configuration.list('calendar') : []
    const calendars = listed.flatMap((each) => {
      const read = checkDocument('calendar', each.document)
      return read.ok ? [read.value.document] : []
    })
    return { document: checked.value.document, calendars: byId(calendars) }
  } finally {
    await nats.close()
  }
}

async function inFile<K extends Kind>(kind: K, name: string): Promise<NamedDocument<K>> {
  const { readFiles } = await import('./read-files.ts')
  const { readDocuments } = await import('./read-documents.ts')
  const hash = /#([A-Za-z0-9_-]{1,64})$/.exec(name)
  const path = hash ? name.slice(0, hash.index) : name
  const { documents, problems } = readDocuments(await readFiles(path))
  if (problems.length > 0) throw new Error(problems.join('; '))
  const all = documents.flatMap((read) =>
    read.kind === kind ? [read.document as DocumentOf<K>['document']] : [],
  )
  const wanted = hash ? all.filter(({ id }) => id === hash[1]) : all
  const [found] = wanted
  if (wanted.length === 1 && found) {
    const calendars = documents.flatMap((read) => (read.kind === 'calendar' ? [read.document] : []))
    return { document: found, calendars: byId(calendars) }
  }
  if (hash) throw new Error(`${path} has no ${kind} ${hash[1]}`)
  if (!found) throw new Error(`${path} has no ${kind}`)
  const ids = all.map(({ id }) => id).join(', ')
  throw new Error(`${path} has several ${kind}s (${ids}): say which, as ${path}#${found.id}`)
}

function byId(calendars: readonly Calendar[]): Map<string, Calendar> {
  return new Map(calendars.map((each) => [each.id, each]))
}
