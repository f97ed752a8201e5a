import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { checkDocument } from '../../../engine/core/read-document.ts'
import type { Document } from '../../../schemas/configuration/document.ts'
import { lineOf } from '../../../schemas/problem.ts'
import type { EventNote, ImportNote } from '../../../schemas/protocol/admin.ts'
import { calendarFromIcs } from '../../import/calendar-from-ics.ts'
import { schedulesFromZendesk } from '../../import/zendesk-schedules.ts'
import { warn } from '../shell/report.ts'

/** Reads a response of the Zendesk Schedules API, with warnings. Throws an Error that names each problem. */
export async function zendeskSchedulesIn(file: string): Promise<Document[]> {
  let response: unknown
  try {
    response = JSON.parse(await read(file))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Error(`${file}: is not valid JSON: ${error.message}`, { cause: error })
  }
  const imported = schedulesFromZendesk(response)
  if (!imported.ok) throw new Error(lineOf(imported.error))
  const { schedules, warnings, refused } = imported.value
  if (refused.length > 0) throw new Error(refused.flatMap(notes).join('; '))
  for (const warning of warnings.flatMap(notes)) warn(warning)
  return schedules.map((document) => ({ kind: 'schedule', document }))
}

export interface CalendarNaming {
  id?: string
  name?: string
}

/** Reads an iCalendar file, with warnings. Throws an Error that names each problem with its line. */
export async function calendarIn(file: string, { id, name }: CalendarNaming): Promise<Document> {
  const otherwise = basename(file, extname(file))
  const imported = calendarFromIcs(await read(file), { id, name, otherwise, year: new Date().getFullYear() })
  if (!imported.ok)
    throw new Error(imported.error.problems.map((found) => `${file}: ${lineOf(found)}`).join('; '))
  const { calendar, notes, refused } = imported.value
  const noteText = ({ line, name, message }: EventNote) =>
    `${file}:${line}: ${name ? `"${name}" ` : ''}${message}`
  if (refused.length > 0) throw new Error(refused.map(noteText).join('; '))
  for (const note of notes) warn(noteText(note))
  const checked = checkDocument('calendar', calendar)
  if (!checked.ok) throw new Error(`${file}: ${checked.error.message}`)
  return checked.value
}

async function read(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(error.code === 'ENOENT' ? `there is no file ${file}` : `${file}: ${error.message}`)
  })
}

/** `schedule "Paris": schedules.0.time_zone: is missing` */
function notes({ name = '', problems }: ImportNote): string[] {
  return problems.map((found) => `schedule "${name}": ${lineOf(found)}`)
}
