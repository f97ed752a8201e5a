import { html, type TemplateResult } from 'lit'
import { calendarIn, dayOfYear } from '../../../schemas/configuration/holiday-entry.ts'
import type { Holiday } from '../../../schemas/configuration/schedule.ts'
import { readDuration } from './channels/duration.ts'
import type { Path } from './draft.ts'
import { locale, texts, words } from './language.ts'
import { summaryOf } from './schedules/summary.ts'
import { daysFrom, type Interval } from './schedules/week.ts'

/** A field's value in a comparison of two versions. */
export function shownValue(path: Path, value: unknown): TemplateResult | string {
  if (value === undefined || value === '') return html`<span class="muted">${words.unset}</span>`
  const [first, second] = path
  if (first === 'timeouts' || first === 'retention' || first === 'offerTimeout') return durations(value)
  if (first === 'overflow' && second === 'wait') return durations(value)
  if (first === 'routing' && Object.hasOwn(words.routings, String(value)))
    return words.routings[value as keyof typeof words.routings]
  if (second === 'customerDetails' && Array.isArray(value))
    return value.length === 0 ? words.nothingAsked : value.map(detailName).join(', ')
  if (first === 'intervals' && Array.isArray(value))
    return summaryOf(value as Interval[], daysFrom(locale), words, locale)
  if (first === 'holidays' && Array.isArray(value))
    return value.length === 0 ? words.noHolidays : value.map(holidayText).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function holidayText(entry: Holiday | string): string {
  if (typeof entry === 'string') return `${words.calendar} ${calendarIn(entry)}`
  const { name, startDate, endDate, yearly } = entry
  const [start, end] = yearly ? [dayOfYear(startDate), dayOfYear(endDate)] : [startDate, endDate]
  const dates = start === end ? start : `${start} – ${end}`
  return `${name ? `${name}: ` : ''}${dates}${yearly ? ` (${words.everyYear})` : ''}`
}

function durations(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return words.never
  return (Array.isArray(value) ? value : [value])
    .map((text) => {
      const { count, unit } = readDuration(String(text))
      return `${count} ${words.units[unit]}`
    })
    .join(', ')
}

function detailName(detail: unknown): string {
  if (detail === 'name' || detail === 'email') return texts.detailLabels[detail]
  const { label, id } = detail as { label?: string; id?: string }
  return label || id || ''
}
