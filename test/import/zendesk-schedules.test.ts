import { describe, expect, it } from 'vitest'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import { withCalendars } from '../../engine/core/hours/with-calendars.ts'
import { schedule, timeZone } from '../../schemas/configuration/schedule.ts'
import { lineOf } from '../../schemas/problem.ts'
import { unwrap } from '../../schemas/result.ts'
import { railsZones, schedulesFromZendesk } from '../../workers/import/zendesk-schedules.ts'

const northAmerica = {
  id: 360000123456,
  name: 'North America',
  time_zone: 'Pacific Time (US & Canada)',
  intervals: [
    { start_time: 1980, end_time: 2460 },
    { start_time: 3420, end_time: 3900 },
  ],
  created_at: '2015-09-30T21:44:03Z',
  updated_at: '2015-09-30T21:44:03Z',
}

const read = (response: unknown) => unwrap(schedulesFromZendesk(response))
/** The problems of all schedules that were refused, in lines. */
const refusals = (response: unknown) => read(response).refused.flatMap(({ problems }) => problems.map(lineOf))
const imported = (...changes: object[]) =>
  read({ schedules: changes.map((change, i) => ({ ...northAmerica, id: i + 1, ...change })) })
const ids = (...changes: object[]) => imported(...changes).schedules.map(({ id }) => id)
const intervals = (...pairs: [number, number][]) =>
  imported({ intervals: pairs.map(([start_time, end_time]) => ({ start_time, end_time })) })

describe('a Zendesk Schedules API response', () => {
  it('becomes schedules', () => {
    const { schedules, warnings } = read({
      schedules: [
        {
          ...northAmerica,
          holidays: [{ id: 1, name: 'New Year', start_date: '2027-01-01', end_date: '2027-01-02' }],
        },
        { id: 2, name: 'Paris', time_zone: 'Europe/Paris', intervals: [{ start_time: 0, end_time: 60 }] },
      ],
      url: 'https://example.zendesk.com/api/v2/business_hours/schedules.json',
    })
    expect(schedules).toEqual([
      {
        id: 'north-america',
        name: 'North America',
        timeZone: 'America/Los_Angeles',
        intervals: [
          { start: 1980, end: 2460 },
          { start: 3420, end: 3900 },
        ],
        holidays: [{ name: 'New Year', startDate: '2027-01-01', endDate: '2027-01-02' }],
      },
      { id: 'paris', name: 'Paris', timeZone: 'Europe/Paris', intervals: [{ start: 0, end: 60 }] },
    ])
    expect(warnings).toEqual([])
    for (const one of schedules) expect(schedule.parse(one)).toEqual(one)
  })

  it('may hold no schedules', () => {
    expect(read({ schedules: [] })).toEqual({ schedules: [], warnings: [], refused: [] })
  })

  it('without intervals never opens, and a warning says so', () => {
    expect(imported({ intervals: [] }).warnings).toMatchObject([
      { name: 'North America', problems: [{ path: ['schedules', 0, 'intervals'], code: 'never_opens' }] },
    ])
  })
})

describe('Rails zone names', () => {
  it.each([
    ['Pacific Time (US & Canada)', 'America/Los_Angeles'],
    ['Eastern Time (US & Canada)', 'America/New_York'],
    ['London', 'Europe/London'],
    ['Paris', 'Europe/Paris'],
    ["Nuku'alofa", 'Pacific/Tongatapu'],
    ['Astana', 'Asia/Almaty'],
    ['UTC', 'Etc/UTC'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
  ])('%s becomes %s', (rails, iana) => {
    expect(imported({ time_zone: rails }).schedules[0]?.timeZone).toBe(iana)
  })

  it('are all 151, and each becomes a zone that exists', () => {
    expect(railsZones.size).toBe(151)
    for (const [rails, iana] of railsZones) expect(timeZone.safeParse(iana).success, rails).toBe(true)
  })

  it.each(['Atlantis', 'pacific time', 'PST', 'constructor', ''])('"%s" is refused', (time_zone) => {
    expect(imported({ time_zone }).refused).toMatchObject([
      { problems: [{ path: ['schedules', 0, 'time_zone'], code: 'not_a_zendesk_zone' }] },
    ])
  })
})

describe('intervals', () => {
  it("of several days, Zendesk's own 1980–3900, are split by day and a warning says so", () => {
    const { schedules, warnings } = intervals([1980, 3900])
    expect(schedules[0]?.intervals).toEqual([
      { start: 1980, end: 2880 },
      { start: 2880, end: 3900 },
    ])
    expect(warnings.flatMap(({ problems }) => problems.map(lineOf))).toEqual([
      'schedules.0.intervals.0: spans several days, from Monday 09:00 to Tuesday 17:00; it was split by day at ' +
        'midnight and is open all through: if hours of each day were meant, correct it',
    ])
  })

  it('split by day are open at the same instants as before', () => {
    const split = intervals([1980, 3900], [9000, 0]).schedules[0]
    expect(split).toBeDefined()
    if (!split) return
    const whole = openingHours({
      ...withCalendars(split),
      intervals: [
        { start: 1980, end: 3900 },
        { start: 9000, end: 10_080 },
      ],
    })
    const verdicts = openingHours(withCalendars(split))
    const start = Date.UTC(2026, 2, 1)
    for (let at = start; at < start + 14 * 86_400_000; at += 600_000) {
      expect(verdicts.isOpen(at)).toBe(whole.isOpen(at))
      expect(verdicts.nextClose(at)).toBe(whole.nextClose(at))
    }
  })

  it('that end at midnight are of one day', () => {
    expect(intervals([1980, 2880], [2880, 4320]).warnings).toEqual([])
  })

  it('end with the week at 0 as at 10080', () => {
    expect(intervals([9000, 0]).schedules).toEqual(intervals([9000, 10_080]).schedules)
    expect(intervals([9000, 0]).schedules[0]?.intervals).toEqual([{ start: 9000, end: 10_080 }])
    expect(intervals([9000, 0]).warnings).toEqual([])
  })

  it('from 0 to 0 are the whole week', () => {
    const { schedules, warnings } = intervals([0, 0])
    expect(schedules[0]?.intervals).toHaveLength(7)
    expect(openingHours(withCalendars(schedule.parse(schedules[0]))).nextClose(0)).toBeNull()
    expect(warnings).toHaveLength(1)
  })

  it('that are impossible are refused with the field', () => {
    const refused = (start_time: unknown, end_time: unknown, message: string) =>
      expect(
        imported({ intervals: [{ start_time, end_time }] }).refused[0]?.problems.map(lineOf),
      ).toContainEqual(expect.stringContaining(message))
    refused(1020, 540, 'schedules.0.intervals.0.end_time: must be after start_time')
    refused(540, 540, 'schedules.0.intervals.0.end_time: must be after start_time')
    refused('540', 600, 'schedules.0.intervals.0.start_time: must be a whole number of minutes')
    refused(540.5, 600, 'schedules.0.intervals.0.start_time: must be a whole number of minutes')
    refused(540, 10_081, 'schedules.0.intervals.0.end_time: must be at most 10080')
    refused(10_080, 0, 'schedules.0.intervals.0.start_time: must be at most 10079')
    refused(-1, 60, 'schedules.0.intervals.0.start_time: must not be negative')
  })
})

describe('ids', () => {
  it('are the names as tokens', () => {
    expect(ids({ name: 'Équipe Café – Nuit & Jour!' }, { name: '  24/7  ' })).toEqual([
      'equipe-cafe-nuit-jour',
      '24-7',
    ])
  })

  it('are the Zendesk ids if a name has no letters', () => {
    expect(ids({ id: 360000123456, name: '営業時間' }, { id: 7, name: '' })).toEqual(['360000123456', '7'])
  })

  it('have the Zendesk id appended if another schedule has the name, in any order', () => {
    expect(ids({ id: 5, name: 'Support' }, { id: 12, name: 'support' })).toEqual(['support', 'support-12'])
    expect(ids({ id: 12, name: 'support' }, { id: 5, name: 'Support' })).toEqual(['support-12', 'support'])
    expect(ids({ id: 1, name: 'a-3' }, { id: 2, name: 'a' }, { id: 3, name: 'a' })).toEqual([
      'a-3',
      'a',
      'a-3-3',
    ])
  })

  it('are tokens, however long a name is', () => {
    const name = 'x'.repeat(200)
    expect(ids({ name }, { name })).toEqual(['x'.repeat(64), `${'x'.repeat(62)}-2`])
  })

  it('may be digits in a string, also too large for a number', () => {
    expect(ids({ id: '90071992547409931', name: '' }, { id: '90071992547409930', name: '' })).toEqual([
      '90071992547409931',
      '90071992547409930',
    ])
  })
})

it.each([null, '[]', {}, { schedules: {} }])('a response %j is refused', (response) => {
  expect(() => read(response)).toThrow('it must be an object with a list "schedules"')
})

describe('a schedule that cannot be imported', () => {
  it('is named with its problems, and the others are imported', () => {
    const night = { ...northAmerica, id: 2, name: 'Night', time_zone: 'Atlantis', intervals: 7 }
    const { schedules, refused } = read({ schedules: [northAmerica, night, { ...northAmerica, id: 3 }] })
    expect(schedules.map(({ id }) => id)).toEqual(['north-america-360000123456', 'north-america'])
    expect(refused).toMatchObject([
      {
        name: 'Night',
        problems: [
          { path: ['schedules', 1, 'time_zone'], code: 'not_a_zendesk_zone' },
          { path: ['schedules', 1, 'intervals'], code: 'wrong_type' },
        ],
      },
    ])
  })

  it('takes part in the choice of ids: the others keep theirs once it is mended', () => {
    const [older, newer] = [
      { ...northAmerica, id: 1 },
      { ...northAmerica, id: 2 },
    ]
    const idOfNewer = (response: unknown) => read(response).schedules.at(-1)?.id
    expect(idOfNewer({ schedules: [{ ...older, time_zone: 'Atlantis' }, newer] })).toBe(
      idOfNewer({ schedules: [older, newer] }),
    )
  })

  it.each([
    [{ schedules: [{ ...northAmerica, id: 1.5 }] }, 'schedules.0.id: must be a whole number'],
    [{ schedules: [northAmerica, { ...northAmerica, name: null }] }, 'schedules.1.name: must be a text'],
    [{ schedules: [{ ...northAmerica, time_zone: undefined }] }, 'schedules.0.time_zone: is missing'],
    [{ schedules: [{ ...northAmerica, intervals: null }] }, 'schedules.0.intervals: must be a list'],
    [{ schedules: [northAmerica, northAmerica] }, 'schedules.1.id: must not be the id of another schedule'],
    [{ schedules: [{ ...northAmerica, name: 'x'.repeat(300) }] }, 'name: must have at most 256 characters'],
    [
      { schedules: [{ ...northAmerica, holidays: [{ start_date: '2026-02-30', end_date: '2026-03-01' }] }] },
      'schedules.0.holidays.0.start_date: must be a date that exists',
    ],
    [
      { schedules: [{ ...northAmerica, holidays: [{ start_date: '2026-03-02', end_date: '2026-03-01' }] }] },
      'schedules.0.holidays.0.end_date: must not be before start_date',
    ],
  ])('%j', (response, message) => {
    expect(refusals(response)).toContainEqual(expect.stringContaining(message))
  })
})

it('has at most 500 schedules, and none is checked where there are more', () => {
  const schedules = Array.from({ length: 501 }, (_, id) => ({ ...northAmerica, id }))
  expect(schedulesFromZendesk({ schedules })).toMatchObject({
    error: { code: 'too_many', path: ['schedules'], params: { max: 500 } },
  })
  expect(schedulesFromZendesk({ schedules: Array(501).fill(null) })).toMatchObject({
    error: { code: 'too_many' },
  })
})
