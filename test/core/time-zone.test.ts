import { IANAZone } from 'luxon'
import moment from 'moment-timezone'
import { describe, expect, it } from 'vitest'
import { openingHours } from '../../engine/core/hours/opening-hours.ts'
import {
  isZoneDataOld,
  packagedRelease,
  TimeZone,
  zoneDataVersion,
  zoneDataWarning,
} from '../../schemas/time-zone.ts'
import { changesOf, from, to, zoneOffsetAt, zones } from './tzdata.ts'

const hour = 3_600_000
const day = 24 * hour

describe('the zones of the tz database', () => {
  it('are as new as Debian’s', () => {
    expect(zoneDataVersion >= '2026f').toBe(true)
  })

  it('are of the release that the source names: set it with the package, and run `npm run check:zones`', () => {
    expect(moment.tz.dataVersion).toBe(packagedRelease.version)
  })

  it.runIf(zoneDataVersion === packagedRelease.version)('are old, with a warning, after a year', () => {
    expect(isZoneDataOld(Date.UTC(2026, 10, 30))).toBe(false)
    expect(zoneDataWarning(Date.UTC(2027, 9, 29))).toBeUndefined()
    expect(isZoneDataOld(Date.UTC(2027, 9, 31))).toBe(true)
    expect(zoneDataWarning(Date.UTC(2027, 9, 31))).toContain(
      `of release ${zoneDataVersion}, more than a year old`,
    )
  })

  it('have Debian’s offsets before and after each change, and each week, from 2020 to 2036', () => {
    const wrong: string[] = []
    for (const name of zones) {
      const zone = TimeZone.named(name)
      const instants = changesOf(name).flatMap((at) => [at - 1, at])
      for (let at = from; at < to; at += 7 * day) instants.push(at)
      for (const at of instants)
        if (zone.offset(at) !== zoneOffsetAt(name, at)) wrong.push(`${name} ${new Date(at).toISOString()}`)
    }
    expect(wrong).toEqual([])
  })

  // The rules of these changed in 2026; `Intl` of Node 20 and 22 has the old ones.
  it.each([
    ['America/Vancouver', -7 * 60],
    ['America/Edmonton', -6 * 60],
    ['America/Inuvik', -6 * 60],
    ['America/Winnipeg', -5 * 60],
    ['Africa/Casablanca', 0],
    ['Africa/El_Aaiun', 0],
  ])('%s has %i minutes in November 2026, and in every later January and July', (name, minutes) => {
    const zone = TimeZone.named(name)
    expect(zone.offset(Date.UTC(2026, 10, 30))).toBe(minutes)
    for (const year of [2027, 2036, 2037, 2060, 2099])
      for (const month of [0, 6]) expect(zone.offset(Date.UTC(year, month, 15))).toBe(minutes)
    const hours = openingHours({
      id: 'shop',
      timeZone: name,
      intervals: [1, 2, 3, 4, 5].map((d) => ({ start: d * 1440 + 540, end: d * 1440 + 1020 })),
    })
    // Monday, 30 November 2026, 9:00 and 17:00 on the wall.
    const midnight = Date.UTC(2026, 10, 30) - minutes * 60_000
    const edges = [
      midnight + 9 * hour - 1,
      midnight + 9 * hour,
      midnight + 17 * hour - 1,
      midnight + 17 * hour,
    ]
    expect(edges.map(hours.isOpen)).toEqual([false, true, true, false])
  })

  it('Havana keeps its summer time for one winter', () => {
    const november = [2025, 2026, 2027].map((year) =>
      TimeZone.named('America/Havana').offset(Date.UTC(year, 10, 30)),
    )
    expect(november).toEqual([-300, -240, -300])
  })

  it('go on with summer and winter after 2036', () => {
    for (const year of [2037, 2050, 2090])
      for (const month of [0, 3, 6, 11])
        for (const name of ['Europe/Paris', 'America/New_York', 'Australia/Sydney']) {
          const at = Date.UTC(year, month, 15)
          expect(TimeZone.named(name).offset(at)).toBe(IANAZone.create(name).offset(at))
        }
  })
})
