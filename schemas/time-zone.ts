import { IANAZone, Zone } from 'luxon'
import moment from 'moment-timezone'

/** The release of the tz database that opening hours are told by, such as `2026f`: the newer of ours and the runtime's. */
export const zoneDataVersion = newer(moment.tz.dataVersion, process.versions.tz)

/** Our package's release, and when it was made; a test names what to do where a newer package is taken. */
export const packagedRelease = { version: '2026f', at: Date.UTC(2026, 9, 29) }
const yearMs = 366 * 86_400_000

/** Whether the data is more than a year old: governments change their clocks several times a year. */
export function isZoneDataOld(now: number): boolean {
  const { version, at } = packagedRelease
  // The name of another release tells its year.
  const made = zoneDataVersion === version ? at : Date.UTC(Number(zoneDataVersion.slice(0, 4)), 11, 31)
  return now - made > yearMs
}

/** A warning where the data is old; `undefined` where it is not. */
export function zoneDataWarning(now: number): string | undefined {
  if (!isZoneDataOld(now)) return undefined
  return `the time zone data is of release ${zoneDataVersion}, more than a year old: update frontdesk, since opening hours may be an hour wrong in some zones`
}

/**
 * Our package's rules are taken within these instants: a runtime keeps the table that it was built with, and half a
 * dozen zones change each year. ICU's are taken outside: earlier ones change rarely, and our package ends in 2037.
 */
const ours = { from: Date.UTC(2020, 0, 1), constantFrom: Date.UTC(2035, 0, 1), to: Date.UTC(2037, 0, 1) }
const known = new Map<string, TimeZone>()

/** A zone of the tz database, by the newest rules at hand. */
export class TimeZone extends Zone {
  readonly #iana: IANAZone
  readonly #data: moment.MomentZone | null
  /** Whether our table ends without summer time: its last offset goes on then. */
  readonly #endsConstant: boolean

  /** The zone of a name. Throws a RangeError where there is none. */
  static named(name: string): TimeZone {
    const zone = known.get(name) ?? new TimeZone(name)
    known.set(name, zone)
    return zone
  }

  private constructor(name: string) {
    super()
    this.#iana = IANAZone.create(name)
    if (!this.#iana.isValid) throw new RangeError(`this machine has no time zone ${name}`)
    this.#data = zoneDataVersion === process.versions.tz ? null : moment.tz.zone(name)
    this.#endsConstant =
      this.#data?.untils.every((until) => until < ours.constantFrom || until > ours.to) ?? false
  }

  override get type(): string {
    return 'tz'
  }

  override get name(): string {
    return this.#iana.name
  }

  override get isUniversal(): boolean {
    return false
  }

  override get isValid(): boolean {
    return true
  }

  /** Minutes that local clocks are ahead of UTC; `at` in epoch milliseconds. */
  override offset(at: number): number {
    const data = this.#data
    const isOurs = data && at >= ours.from && (at < ours.to || this.#endsConstant)
    // Our table counts behind UTC.
    return isOurs ? 0 - data.utcOffset(at) : this.#iana.offset(at)
  }

  override offsetName(at: number, options: { format?: 'short' | 'long'; locale?: string }): string {
    return this.#iana.offsetName(at, options as Required<typeof options>) ?? this.name
  }

  override formatOffset(at: number, format: 'narrow' | 'short' | 'techie'): string {
    const sign = this.offset(at) < 0 ? '-' : '+'
    const minutes = Math.abs(this.offset(at))
    const [hh, mm] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'))
    if (format === 'narrow') return `${sign}${Number(hh)}${mm === '00' ? '' : `:${mm}`}`
    return format === 'techie' ? `${sign}${hh}${mm}` : `${sign}${hh}:${mm}`
  }

  override equals(other: Zone): boolean {
    return other instanceof TimeZone && other.name === this.name
  }
}

function newer(a: string, b: string | undefined): string {
  return b !== undefined && b > a ? b : a
}
