import { formatMoment } from '../../base/time.ts'
import { locale } from '../language.ts'

export function dayOf(instant: string): string {
  return formatMoment(instant, locale, { weekday: 'long', day: 'numeric', month: 'long' })
}

/** The day, with its year where that is not the present one. */
export function dayOfYear(instant: string): string {
  const isThisYear = new Date(instant).getFullYear() === new Date().getFullYear()
  return formatMoment(instant, locale, {
    day: 'numeric',
    month: 'short',
    ...(!isThisYear && { year: 'numeric' }),
  })
}

export function timeOf(instant: string): string {
  return formatMoment(instant, locale, { timeStyle: 'short' })
}

export function dateAndTimeOf(instant: string): string {
  return formatMoment(instant, locale, { dateStyle: 'medium', timeStyle: 'short' })
}
