import { StringDecoder } from 'node:string_decoder'
import { type OpeningHours, openingHours } from '../../../engine/core/opening-hours.ts'
import { checkDocument } from '../../../schemas/configuration.ts'
import type { Schedule } from '../../../schemas/schedule.ts'
import { token } from '../../../schemas/token.ts'
import { readSettings } from '../../settings.ts'
import { command } from '../command.ts'
import { readInstant } from '../read-instant.ts'
import { UsageError } from '../usage-error.ts'

export default command({
  usage: `
Usage: frontdesk hours <schedule> [--at <time>]

Whether a schedule is open, as one JSON line: {at, open, nextOpen, nextClose}. nextOpen and nextClose are the
first open and the first closed instant at or after \`at\`; null where there is none. All are UTC.

<schedule> is the id of a configured one, or a path to a JSON or YAML file: one that holds a single schedule,
or followed by #<id>. A file needs no NATS. A file whose name looks like an id is ./name.

Options:
  --at <time>  an ISO 8601 time with Z or an offset: 2026-06-05T15:00Z, 2026-06-05T17:00:00+02:00. One
               without them is refused. Default: now. "-" reads one per line from standard input and answers
               a line each, until one that cannot be read, which it names.
  -h, --help   this

Examples:
  npx frontdesk hours paris
  npx frontdesk hours test/examples/acme/schedules.yaml#paris --at 2026-12-25T10:00:00+01:00
  npx frontdesk hours paris --at - < times.txt
`,
  options: { at: { type: 'string' } },
  environment: ['NATS_URL', 'FRONTDESK_DATA', 'LOG_LEVEL'],
  async run({ values, positionals }) {
    const [name] = positionals
    if (name === undefined || positionals.length > 1) throw new UsageError('hours takes one schedule')
    const at = values.at === undefined ? Date.now() : values.at === '-' ? null : givenInstant(values.at)
    const hours = openingHours(token.safeParse(name).success ? await configured(name) : await inFile(name))
    if (at === null) await answerLines(hours)
    else process.stdout.write(answer(hours, at))
    return 0
  },
})

function givenInstant(text: string): number {
  try {
    return readInstant(text)
  } catch (error) {
    throw new UsageError(`--at: ${(error as Error).message}`, { cause: error })
  }
}

function answer(hours: OpeningHours, at: number): string {
  const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())
  const said = {
    open: hours.isOpen(at),
    nextOpen: iso(hours.nextOpen(at)),
    nextClose: iso(hours.nextClose(at)),
  }
  return `${JSON.stringify({ at: iso(at), ...said })}\n`
}

const lineLengthMax = 1000

/** A chunk of lines at a time: what has come is answered before more is waited for, and none piles up. */
async function answerLines(hours: OpeningHours): Promise<void> {
  const decoder = new StringDecoder('utf8')
  let line = 0
  let rest = ''
  const answerAll = async (lines: string[]) => {
    let answers = ''
    for (const text of lines) {
      line++
      try {
        answers += answer(hours, readInstant(text.trim()))
      } catch (error) {
        await write(answers)
        throw new Error(`line ${line}: ${(error as Error).message}`, { cause: error })
      }
    }
    await write(answers)
  }
  for await (const chunk of process.stdin) {
    const lines = (rest + decoder.write(chunk)).split('\n')
    rest = lines.pop() ?? ''
    await answerAll(lines)
    // What never ends is no line of times, and would be read again and again.
    if (rest.length > lineLengthMax) break
  }
  rest += decoder.end()
  if (rest !== '') await answerAll([rest])
}

function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (text === '') resolve()
    else process.stdout.write(text, () => resolve())
  })
}

async function configured(id: string): Promise<Schedule> {
  // Only here: a file needs neither NATS nor the time that loading its client takes.
  const { connectToRunning } = await import('../connect-to-running.ts')
  const { StoredConfiguration } = await import('../../../engine/nats/stored-configuration.ts')
  const { isNoStream } = await import('../../../engine/nats/errors.ts')
  const { buckets } = await import('../../../engine/nats/topology.ts')
  const nats = await connectToRunning(readSettings(process.env), 'hours')
  try {
    const isConfigured = await nats.jsm.streams.info(`KV_${buckets.configuration}`).catch((error) => {
      // Nothing was ever configured here.
      if (isNoStream(error)) return null
      throw error
    })
    const stored = isConfigured && (await new StoredConfiguration(nats).get('schedule', id))
    if (!stored) throw new Error(`there is no schedule ${id}; a file of that name is ./${id}`)
    const checked = checkDocument('schedule', stored.document)
    if ('problem' in checked) throw new Error(`schedule.${id}: ${checked.problem}`)
    return checked.document as Schedule
  } finally {
    await nats.close()
  }
}

async function inFile(name: string): Promise<Schedule> {
  const { readFiles } = await import('../read-files.ts')
  const { readDocuments } = await import('../read-documents.ts')
  const hash = /#([A-Za-z0-9_-]{1,64})$/.exec(name)
  const path = hash ? name.slice(0, hash.index) : name
  const { documents, problems } = readDocuments(await readFiles(path))
  if (problems.length > 0) throw new Error(problems.join('; '))
  const schedules = documents.flatMap((read) => (read.kind === 'schedule' ? [read.document] : []))
  const wanted = hash ? schedules.filter(({ id }) => id === hash[1]) : schedules
  const [found] = wanted
  if (wanted.length === 1 && found) return found
  if (hash) throw new Error(`${path} has no schedule ${hash[1]}`)
  if (!found) throw new Error(`${path} has no schedule`)
  const ids = schedules.map(({ id }) => id).join(', ')
  throw new Error(`${path} has several schedules (${ids}): say which, as ${path}#${found.id}`)
}
