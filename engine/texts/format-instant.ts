import { DateTime } from 'luxon'
import { TimeZone } from '../../schemas/time-zone.ts'

/** The most characters of a time zone's name: the longest of the tz database has 32. */
const zoneNameLengthMax = 64

/** The name of a zone as the tz database writes it, or nothing where there is no such zone. */
export function knownZone(name: string | undefined): string | undefined {
  if (!name || name.length > zoneNameLengthMax) return undefined
  if (!knownZones.has(name)) {
    if (knownZones.size === knownZonesMax) knownZones.clear()
    knownZones.set(name, canonicalZone(name))
  }
  return knownZones.get(name)
}

const knownZones = new Map<string, string | undefined>()
const knownZonesMax = 1_000

function canonicalZone(timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/**
 * An instant in a language's words, in the customer's zone if it is known, else in the schedule's: `Monday, June 8 at
 * 9:00 AM (Central European Time)`. The zone is named unless the customer's clock shows the same time as the schedule's.
 */
export function formatInstant(
  instant: number,
  scheduleZone: string,
  customerZone: string | undefined,
  locale: string,
): string {
  const timeZone = customerZone ?? scheduleZone
  const offsetIn = (zone: string) => TimeZone.named(zone).offset(instant)
  // Intl would replace an unknown locale by the machine's own.
  const known = Intl.DateTimeFormat.supportedLocalesOf(locale)[0] ?? 'en'
  const local = DateTime.fromMillis(instant, { zone: TimeZone.named(timeZone) }).setLocale(known)
  const text = local.toLocaleString({
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  })
  // Newer ICU data puts a narrow no-break space before AM, which some fonts lack.
  const said = text.replaceAll('\u202f', ' ')
  if (customerZone && offsetIn(customerZone) === offsetIn(scheduleZone)) return said
  // The name without summer or winter: which of them it is, ICU may not know yet.
  const zone = new Intl.DateTimeFormat(known, { timeZone, timeZoneName: 'longGeneric' })
    .formatToParts(instant)
    .find(({ type }) => type === 'timeZoneName')
  // CLDR has no generic name for UTC.
  const name = (zone?.value ?? timeZone).replace(/^(GMT|UTC)\+00:00$/, 'UTC')
  return `${said} (${name})`
}
