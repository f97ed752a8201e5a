import { DateTime } from 'luxon'

/** An instant as people of that language say it, in the schedule's zone: `Monday, June 8 at 9:00 AM`. */
export function formatInstant(at: number, timeZone: string, locale: string): string {
  // A locale that is not known would become that of the machine.
  const known = Intl.DateTimeFormat.supportedLocalesOf(locale)[0] ?? 'en'
  const local = DateTime.fromMillis(at, { zone: timeZone }).setLocale(known)
  const text = local.toLocaleString({
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  })
  // Newer ICU data puts a narrow no-break space before AM, which some fonts lack.
  return text.replaceAll('\u202f', ' ')
}
