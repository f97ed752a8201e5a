const shape =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)?$/

/**
 * An ISO 8601 instant in epoch milliseconds: `2026-06-05T15:00Z`, `2026-06-05T17:00:00.250+02:00`. One without
 * `Z` or an offset is refused: read in the wrong zone, it would silently give a wrong answer.
 */
export function readInstant(text: string): number {
  const read = shape.exec(text)
  if (!read)
    throw new RangeError(`${JSON.stringify(text.slice(0, 60))} is not a time such as 2026-06-05T15:00:00Z`)
  const [, year, month, day, hour, minute, second = '0', fraction = '', z, sign, hours, minutes = '0'] = read
  if (!z && !sign) throw new RangeError(`${text} has no zone: add Z for UTC, or an offset such as +02:00`)
  const fields = [Number(year), Number(month) - 1, Number(day)] as const
  const midnight = new Date(0).setUTCFullYear(...fields)
  const date = new Date(midnight)
  const isDate = date.getUTCMonth() === fields[1] && date.getUTCDate() === fields[2]
  const ms =
    Number(hour) * 3_600_000 +
    Number(minute) * 60_000 +
    Number(second) * 1000 +
    Number(fraction.padEnd(3, '0').slice(0, 3))
  // 24:00 is the midnight at a day's end.
  const isClock = Number(minute) < 60 && Number(second) < 60 && ms <= 86_400_000
  const isOffset = z || (Number(hours) < 24 && Number(minutes) < 60)
  if (!isDate || !isClock || !isOffset) throw new RangeError(`${text} does not exist`)
  const offset = z ? 0 : (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
  return midnight + ms - offset
}
