import { StringDecoder } from 'node:string_decoder'
import { type OpeningHours, openingHours } from '../../../engine/core/hours/opening-hours.ts'
import { withCalendars } from '../../../engine/core/hours/with-calendars.ts'
import { calendarsOf } from '../../../schemas/configuration/holiday-entry.ts'
import { zoneDataVersion, zoneDataWarning } from '../../../schemas/time-zone.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { jsonText } from '../shell/json.ts'
import { warn } from '../shell/report.ts'
import { documentNamed } from './document-named.ts'
import { readInstant } from './read-instant.ts'

export default command({
  usage: `
Usage: frontdesk hours <schedule> [--at <time>]

Prints whether a schedule is open, as one line of JSON: {at, open, nextOpen, nextClose}. nextOpen and nextClose are
the first open and the first closed instant at or after \`at\`, or null. All are UTC.
The release of the time zone data that decides is printed to standard error, with a warning where it is more than a
year old.

<schedule> is the id of a configured schedule, or the path of a JSON or YAML file that holds a single schedule or is
followed by #<id>, or of a folder likewise: calendars that the schedule names are taken from there, too. A file needs
no NATS. Write ./name for a file whose name could be an id.

Options:
  --at <time>  an ISO 8601 time with Z or an offset, which is required: 2026-06-05T15:00Z,
               2026-06-05T17:00:00+02:00. Default: now. "-" reads times from standard input, one per line, and
               prints a line for each, up to the first invalid one, which it names
  -h, --help   show this help

Examples:
  npx frontdesk hours paris
  npx frontdesk hours test/examples/acme/schedules.yaml#paris --at 2026-12-25T10:00:00+01:00
  npx frontdesk hours paris --at - < times.txt
`,
  options: { at: { type: 'string' } },
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    const [name] = positionals
    if (name === undefined || positionals.length > 1) throw new UsageError('hours takes one schedule')
    const instant = values.at === undefined ? Date.now() : values.at === '-' ? null : givenInstant(values.at)
    const { document, calendars } = await documentNamed('schedule', name, 'hours')
    for (const id of calendarsOf(document))
      if (!calendars.has(id)) warn(`there is no calendar ${id}: ${document.id} has none of its holidays`)
    const hours = openingHours(withCalendars(document, calendars))
    process.stderr.write(`time zone data ${zoneDataVersion}\n`)
    const oldZones = zoneDataWarning(Date.now())
    if (oldZones) warn(oldZones)
    if (instant === null) await answerLines(hours)
    else process.stdout.write(answer(hours, instant))
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

function answer(hours: OpeningHours, instant: number): string {
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  const found = {
    at: iso(instant),
    open: hours.isOpen(instant),
    nextOpen: iso(hours.nextOpen(instant)),
    nextClose: iso(hours.nextClose(instant)),
  }
  return `${jsonText(found)}\n`
}

const lineLengthMax = 1000

/** Answers all lines of a chunk before it reads the next one, so that none pile up. */
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
    // A line without an end is not a time, and would be split again with each chunk.
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
