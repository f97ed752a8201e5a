import { formatMoment } from '../../base/time.ts'
import { locale } from '../language.ts'

export function dayOf(instant: string): string {
  return formatMoment(instant, locale, { weekday: 'long', day: 'numeric', month: 'long' })
}

export function timeOf(instant: string): string {
  return formatMoment(instant, locale, { timeStyle: 'short' })
}

export function dateAndTimeOf(instant: string): string {
  return formatMoment(instant, locale, { dateStyle: 'medium', timeStyle: 'short' })
}
