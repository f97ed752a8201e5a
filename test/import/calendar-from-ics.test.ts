import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Holiday } from '../../schemas/configuration/schedule.ts'
import { importBytesMax } from '../../schemas/protocol/admin.ts'
import { calendarFromIcs, expandedDatesMax, expandedYears } from '../../workers/import/calendar-from-ics.ts'

const options = { otherwise: 'file', year: 2026 }

function file(...events: string[][]): string {
  const lines = events.flatMap((event) => ['BEGIN:VEVENT', ...event, 'END:VEVENT'])
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n')
}

/** The holidays of some events as `2026-12-25..2026-12-26 Christmas yearly`, and the notes as `3 Party not_whole_days`. */
function imported(...events: string[][]) {
  const read = calendarFromIcs(file(...events), options)
  if (!read.ok) return read.error.problems.map(({ code }) => code)
  const { calendar, notes, refused } = read.value
  const noteText = ({ line, name, code }: (typeof notes)[number]) => `${line} ${name ?? '-'} ${code}`
  return {
    holidays: calendar.holidays.map(holidayText),
    notes: notes.map(noteText),
    refused: refused.map(noteText),
  }
}

function holidayText({ name, startDate, endDate, yearly }: Holiday): string {
  const dates = startDate === endDate ? startDate : `${startDate}..${endDate}`
  return [dates, ...(name ? [name] : []), ...(yearly ? ['yearly'] : [])].join(' ')
}

const quiet = { notes: [], refused: [] }
const day = (date: string, ...more: string[]) => [`DTSTART;VALUE=DATE:${date}`, ...more]

describe('an event of whole days is a holiday', () => {
  it('of one day, or up to the day before its DTEND, or of a duration', () => {
    expect(
      imported(
        day('20261225', 'SUMMARY:Noël\\, folded'),
        day('20261226', 'DTEND;VALUE=DATE:20261227'),
        day('20261228', 'DTEND;VALUE=DATE:20270103'),
        day('20270501', 'DURATION:P2D'),
        // Not as the RFC has it, and usual all the same.
        day('20270601', 'DTEND;VALUE=DATE:20270601'),
      ),
    ).toEqual({
      holidays: [
        '2026-12-25 Noël, folded',
        '2026-12-26',
        '2026-12-28..2027-01-02',
        '2027-05-01..2027-05-02',
        '2027-06-01',
      ],
      ...quiet,
    })
  })

  it('from midnight to midnight on the same wall', () => {
    const zone = ';TZID=Europe/Paris'
    expect(
      imported(
        [`DTSTART${zone}:20261225T000000`, `DTEND${zone}:20261227T000000`],
        ['DTSTART:20270101T000000', 'DTEND:20270102T000000'],
      ),
    ).toEqual({ holidays: ['2026-12-25..2026-12-26', '2027-01-01'], ...quiet })
  })

  it('and one of parts of days is left out, with its line and times', () => {
    const read = calendarFromIcs(
      file(
        day('20261225'),
        [
          'SUMMARY:Christmas Eve',
          'DTSTART;TZID=Europe/Paris:20261224T140000',
          'DTEND;TZID=Europe/Paris:20261224T180000',
        ],
        ['DTSTART:20261231T000000Z', 'DTEND:20270101T000000Z'],
        ['DTSTART:20261231T090000'],
      ),
      options,
    )
    expect(read.ok && read.value.calendar.holidays).toHaveLength(1)
    expect(read.ok && read.value.notes.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '6: is not whole days, but from 2026-12-24 14:00 Europe/Paris to 2026-12-24 18:00 Europe/Paris: left out; add it with its open hours by hand',
      '11: is not whole days, but from 2026-12-31 00:00 UTC to 2027-01-01 00:00 UTC: left out; add it with its open hours by hand',
      '15: is not whole days, but from 2026-12-31 09:00 to 2026-12-31 09:00: left out; add it with its open hours by hand',
    ])
  })

  it('unless it is cancelled', () => {
    expect(imported(day('20261225'), day('20261226', 'SUMMARY:Off', 'STATUS:CANCELLED'))).toEqual({
      holidays: ['2026-12-25'],
      notes: ['6 Off event_cancelled'],
      refused: [],
    })
  })
})

describe('a rule', () => {
  it.each(['FREQ=YEARLY', 'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25', 'RRULE:FREQ=YEARLY;INTERVAL=1;WKST=MO'])(
    'that names the same day each year makes a yearly holiday: %s',
    (rule) => {
      expect(imported(day('20201225', `RRULE:${rule.replace('RRULE:', '')}`))).toEqual({
        holidays: ['2020-12-25 yearly'],
        ...quiet,
      })
    },
  )

  it('over New Year, and on 29 February, too', () => {
    expect(
      imported(
        day('20201224', 'DTEND;VALUE=DATE:20210103', 'RRULE:FREQ=YEARLY'),
        day('20240229', 'RRULE:FREQ=YEARLY'),
      ),
    ).toEqual({ holidays: ['2020-12-24..2021-01-02 yearly', '2024-02-29 yearly'], ...quiet })
  })

  it('of other days becomes the dates of ten years, with a message: Thanksgiving', () => {
    const read = calendarFromIcs(
      file(day('20001123', 'SUMMARY:Thanksgiving', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH')),
      options,
    )
    const { calendar, notes } = read.ok ? read.value : {}
    expect(calendar?.holidays.map(({ startDate }) => startDate)).toEqual([
      '2026-11-26',
      '2027-11-25',
      '2028-11-23',
      '2029-11-22',
      '2030-11-28',
      '2031-11-27',
      '2032-11-25',
      '2033-11-24',
      '2034-11-23',
      '2035-11-22',
    ])
    expect(expandedYears).toBe(10)
    expect(notes?.map(({ message }) => message)).toEqual([
      'comes back on dates that differ from year to year: it became its 10 dates from 2026 to 2035; import it again before then',
    ])
  })

  it.each([
    ['FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=3', '20260525', ['2026-05-25', '2027-05-31', '2028-05-29']],
    ['FREQ=YEARLY;UNTIL=20271231', '20261225', ['2026-12-25', '2027-12-25']],
    ['FREQ=YEARLY;INTERVAL=4', '20200229', ['2028-02-29', '2032-02-29']],
    ['FREQ=DAILY;COUNT=3', '20260801', ['2026-08-01', '2026-08-02', '2026-08-03']],
    ['FREQ=MONTHLY;BYDAY=1MO;UNTIL=20260301', '20260105', ['2026-01-05', '2026-02-02']],
    [
      'FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8',
      '20201103',
      ['2028-11-07', '2032-11-02'],
    ],
  ])('is expanded: %s', (rule, start, dates) => {
    expect(imported(day(start, `RRULE:${rule}`))).toMatchObject({ holidays: dates, refused: [] })
  })

  it('leaves out its EXDATEs, and dates that another event stands for; adds its RDATEs', () => {
    expect(
      imported(
        day(
          '20261225',
          'UID:x',
          'RRULE:FREQ=YEARLY;COUNT=3',
          'EXDATE;VALUE=DATE:20271225',
          'RDATE;VALUE=DATE:20270601,20270602',
        ),
        ['UID:x', 'RECURRENCE-ID;VALUE=DATE:20281225', 'DTSTART;VALUE=DATE:20281227', 'SUMMARY:Moved'],
      ),
    ).toEqual({
      holidays: ['2026-12-25', '2027-06-01', '2027-06-02', '2028-12-27 Moved'],
      notes: ['3 - rule_expanded'],
      refused: [],
    })
  })

  it.each([
    'FREQ=HOURLY',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=WEEKLY;BYMONTH=2',
  ])('that is not supported is refused, by its line: %s', (rule) => {
    expect(imported(day('20261225'), day('20260101', `RRULE:${rule}`))).toMatchObject({
      refused: ['6 - rule_not_supported'],
    })
  })

  it('of no date is none, and one of very many is refused', () => {
    expect(imported(day('20260101', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'))).toMatchObject({
      holidays: [],
      refused: [],
    })
    expect(imported(day('16000101', 'RRULE:FREQ=DAILY'))).toMatchObject({ refused: ['3 - rule_too_long'] })
    expect(expandedDatesMax).toBe(50_000)
  })

  it('whatever it is comes to an end', () => {
    const part = (name: string, values: fc.Arbitrary<number | string>) =>
      fc.option(
        fc.array(values, { minLength: 1, maxLength: 3 }).map((list) => `;${name}=${list.join()}`),
        { nil: '' },
      )
    const weekdays = fc
      .tuple(fc.constantFrom('', 1, 2, 4, 5, -1, -5, 53), fc.constantFrom('MO', 'TH', 'SU'))
      .map(([nth, weekday]) => `${nth}${weekday}`)
    const rule = fc
      .tuple(
        fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'),
        fc.constantFrom('', ';INTERVAL=1', ';INTERVAL=0', ';INTERVAL=7', ';INTERVAL=999'),
        fc.constantFrom('', ';COUNT=2', ';UNTIL=20300101', ';UNTIL=19990101'),
        part('BYMONTH', fc.integer({ min: 1, max: 12 })),
        part('BYMONTHDAY', fc.constantFrom(1, 15, 29, 30, 31, -1, -31)),
        part('BYDAY', weekdays),
        part('BYYEARDAY', fc.constantFrom(1, 60, 366, -366)),
        part('BYWEEKNO', fc.constantFrom(1, 20, 53, -1)),
        part('BYSETPOS', fc.constantFrom(1, 2, -1, 366)),
      )
      .map(([freq, ...parts]) => `FREQ=${freq}${parts.join('')}`)
    fc.assert(
      fc.property(rule, fc.constantFrom('20240229', '20261231', '19800101'), (text, start) => {
        const read = calendarFromIcs(file(day(start, `RRULE:${text}`)), options)
        for (const { startDate } of read.ok ? read.value.calendar.holidays : [])
          expect(startDate < '2036').toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the calendar', () => {
  it('is named by the file, after its own name, or as it is told', () => {
    const named = `${file(day('20261225'))}`.replace('VERSION:2.0', 'X-WR-CALNAME:Jours fériés\\, France')
    const nameOf = (text: string, given = {}) => {
      const read = calendarFromIcs(text, { ...options, ...given })
      return read.ok && { id: read.value.calendar.id, name: read.value.calendar.name }
    }
    expect(nameOf(named)).toEqual({ id: 'jours-feries-france', name: 'Jours fériés, France' })
    expect(nameOf(file(day('20261225')))).toEqual({ id: 'file', name: 'file' })
    expect(nameOf(named, { id: 'fr', name: 'France' })).toEqual({ id: 'fr', name: 'France' })
  })

  it('has a day once, is in the order of its days, and reads folded lines and bare line feeds', () => {
    const folded = file(day('20270101'), day('20261225', 'SUMMARY:Chri', ' stmas'), day('20270101'))
    const read = calendarFromIcs(`\uFEFF${folded.replaceAll('\r\n', '\n')}`, options)
    expect(read.ok && read.value.calendar.holidays.map(holidayText)).toEqual([
      '2026-12-25 Christmas',
      '2027-01-01',
    ])
  })

  it('is refused as a whole where the file is none', () => {
    const codes = (text: string) => {
      const read = calendarFromIcs(text, options)
      return read.ok ? [] : read.error.problems.map(({ code }) => code)
    }
    expect(codes('<html>')).toEqual(['not_ics'])
    expect(codes(file())).toEqual(['no_events'])
    expect(codes('x'.repeat(importBytesMax + 1))).toEqual(['too_large'])
    expect(codes(file(...Array.from({ length: 5_001 }, () => day('20261225'))))).toEqual(['too_many'])
    const many = Array.from({ length: 3 }, (_, i) => day(`2026010${i + 1}`, 'RRULE:FREQ=DAILY'))
    expect(codes(file(...many))).toEqual(['too_many'])
  })

  it('names each event that is wrong, by its line', () => {
    expect(
      imported(
        ['SUMMARY:No start'],
        day('20260231', 'SUMMARY:No such day'),
        day('20261225', 'SUMMARY:Backwards', 'DTEND;VALUE=DATE:20261224'),
        day('20261225', 'SUMMARY:Odd', 'RRULE:FREQ=SOMETIMES'),
        day('20261225', 'SUMMARY:Fine'),
      ),
    ).toMatchObject({
      holidays: ['2026-12-25 Fine'],
      refused: [
        '3 No start not_an_event',
        '6 No such day not_an_event',
        '10 Backwards before',
        '15 - not_an_event',
      ],
    })
    const open = file(day('20261225')).replace('END:VEVENT\r\n', '')
    const read = calendarFromIcs(open, options)
    expect(read.ok && read.value.refused.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '3: is not a valid event: it has no line END:VEVENT',
    ])
  })
})
