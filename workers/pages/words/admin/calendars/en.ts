/** The words of the administration for calendars. */
export const calendars = {
  calendars: 'Calendars',
  calendar: 'Calendar',
  calendarsLead: 'Holidays that several schedules share.',
  newCalendar: 'New calendar',
  noCalendars: 'No calendars yet',
  noCalendarsHelp:
    'A schedule has holidays of its own. Make a calendar for those that several schedules share, or import a published one.',
  deleteCalendar: 'Delete calendar',
  deleteUnusedCalendar: 'No schedule uses this calendar.',
  deleteUsedCalendar: (users: string[]) =>
    users.length === 1
      ? `The schedule ${users[0]} uses it, and will be open on its holidays.`
      : `The schedules ${new Intl.ListFormat('en-GB').format(users)} use it, and will be open on its holidays.`,
  calendarIdHint: 'What schedules refer to. It cannot be changed later.',
  comingHolidays: (n: number) => (n === 1 ? '1 to come' : `${n} to come`),
  nextHoliday: (when: string) => `Next: ${when}`,
  sharedCalendars: 'Shared calendars',
  sharedCalendarsHint: 'Their holidays count as if they stood below.',
  everyYear: 'Every year',
  importIcs: 'Import .ics',
  icsLead: 'Adds the holidays of a calendar file (.ics). Nothing is saved before you save.',
  icsAdded: (n: number) => (n === 1 ? '1 holiday added' : `${n} holidays added`),
  icsNothingNew: 'The file has no holiday that is not here already.',
  icsNotes: 'About the file',
  icsRefused: 'The file cannot be imported',
  icsLine: (line: number, name: string) => (name ? `Line ${line}, ${name}` : `Line ${line}`),
  zoneData: (version: string) => `Time zone data ${version}`,
  zoneDataOld: (version: string) =>
    `The time zone data is of release ${version}, more than a year old: update frontdesk, since some zones may be wrong.`,
}
