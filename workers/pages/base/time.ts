export const secondMs = 1_000
export const minuteMs = 60 * secondMs
export const hourMs = 60 * minuteMs
export const dayMs = 24 * hourMs

const units = [
  ['d', dayMs],
  ['h', hourMs],
  ['min', minuteMs],
  ['s', secondMs],
] as const

/** A length in at most two units: `250 ms`, `12 s`, `4 min 5 s`, `3 h 20 min`, `5 d 2 h`. */
export function lengthOf(ms: number): string {
  if (ms > 0 && ms < secondMs) return `${Math.round(ms)} ms`
  const largest = units.findIndex(([, unitMs]) => ms >= unitMs)
  if (largest < 0) return '0 s'
  let rest = ms
  const parts = units.slice(largest, largest + 2).map(([unit, unitMs]) => {
    const count = Math.floor(rest / unitMs)
    rest %= unitMs
    return count > 0 ? `${count} ${unit}` : ''
  })
  return parts.filter(Boolean).join(' ')
}

/** The time since a moment, to the second: `12 s`, `5 d 2 h`. */
export function ageOf(instant: string, now: number): string {
  return lengthOf(Math.floor((now - Date.parse(instant)) / secondMs) * secondMs)
}

/** The time that somebody has waited: `7 s`, `12 min`, `2 h 05`, `3 d`. */
export function waited(since: string | null, now: number): string {
  const ms = since === null ? 0 : Math.max(0, now - Date.parse(since))
  const twoDigits = (count: number) => String(Math.floor(count)).padStart(2, '0')
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h ${twoDigits((ms % hourMs) / minuteMs)}`
  return `${Math.floor(ms / dayMs)} d`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A moment as `Intl.DateTimeFormat` writes it. Formats are slow to make: each is made once. */
export function formatMoment(
  instant: string | number,
  locale: string,
  options: Intl.DateTimeFormatOptions,
): string {
  const key = JSON.stringify([locale, options])
  const known = formats.get(key)
  const format = known ?? new Intl.DateTimeFormat(locale, options)
  if (!known) formats.set(key, format)
  return format.format(new Date(instant))
}

/** The time of day with milliseconds, where the reader is: `15:00:10.000`. */
export function clockOf(instant: string): string {
  return formatMoment(instant, 'en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  })
}

/** `5 Jun 2026` */
export function dayOf(instant: string): string {
  return formatMoment(instant, 'en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
}

/** A moment as the value of a `datetime-local` input, where the reader is. */
export function fieldOf(instant: string | undefined): string {
  if (instant === undefined || Number.isNaN(Date.parse(instant))) return ''
  const local = new Date(Date.parse(instant) - new Date(instant).getTimezoneOffset() * minuteMs)
  return local.toISOString().slice(0, 19)
}

/** The value of such an input, as ISO 8601. */
export function instantOf(field: string): string | undefined {
  const time = new Date(field)
  return field === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}
