const secondMs = 1_000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** The time of day where the engineer is: `15:00:10.000`. */
export function clockOf(at: string): string {
  return clock.format(new Date(at))
}

/** `5 Jun 2026` */
export function dayOf(at: string): string {
  return day.format(new Date(at))
}

/** How long, in at most two units: `250 ms`, `12 s`, `4 min 5 s`, `3 h 20 min`, `5 d 2 h`. */
export function lengthOf(ms: number): string {
  const length = Math.max(0, ms)
  if (length > 0 && length < secondMs) return `${Math.round(length)} ms`
  if (length < minuteMs) return `${Math.floor(length / secondMs)} s`
  if (length < hourMs) return two(length, minuteMs, 'min', secondMs, 's')
  if (length < dayMs) return two(length, hourMs, 'h', minuteMs, 'min')
  return two(length, dayMs, 'd', hourMs, 'h')
}

/** How long ago, to the second: `12 s`, `5 d 2 h`. */
export function ageOf(at: string, now: number): string {
  return lengthOf(Math.floor((now - Date.parse(at)) / secondMs) * secondMs)
}

/** As a field of a date and a time has it, where the engineer is. */
export function fieldOf(at: string | undefined): string {
  if (at === undefined || Number.isNaN(Date.parse(at))) return ''
  const local = new Date(Date.parse(at) - new Date(at).getTimezoneOffset() * minuteMs)
  return local.toISOString().slice(0, 19)
}

/** What stands in such a field, as ISO 8601. */
export function instantOf(field: string): string | undefined {
  const time = new Date(field)
  return field === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

function two(ms: number, largeMs: number, large: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % largeMs) / smallMs)
  return `${Math.floor(ms / largeMs)} ${large}${rest === 0 ? '' : ` ${rest} ${small}`}`
}
