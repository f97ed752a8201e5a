import { StringDecoder } from 'node:string_decoder'
import { type OpeningHours, openingHours } from '../../../engine/core/opening-hours.ts'
import { variablesOf } from '../../settings/settings.ts'
import { command, UsageError } from '../shell/command.ts'
import { documentNamed } from './document-named.ts'
import { readInstant } from './read-instant.ts'

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
  environment: variablesOf.connected,
  async run({ values, positionals }) {
    const [name] = positionals
    if (name === undefined || positionals.length > 1) throw new UsageError('hours takes one schedule')
    const at = values.at === undefined ? Date.now() : values.at === '-' ? null : givenInstant(values.at)
    const hours = openingHours(await documentNamed('schedule', name, 'hours'))
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
