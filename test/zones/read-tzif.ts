/** The rules of a zone, as a compiled file of the tz database has them (RFC 9636). Instants are epoch seconds. */
export interface ZoneFile {
  /** The instants at which the offset from UTC changes, up to the last one in the file. */
  changes: { at: number; offset: number }[]
  /** Seconds ahead of UTC before the first of them. */
  before: number
  /** The rule after the last of them; `null`: the last offset for ever. */
  rule: Rule | null
}

/** A year's rule, `CET-1CEST,M3.5.0,M10.5.0/3`; offsets in seconds ahead of UTC. */
interface Rule {
  standard: number
  summer?: { offset: number; begins: RuleDay; ends: RuleDay }
}

/** The day of a month's week, a day of the year, or that without 29 February; `time` in seconds after its midnight. */
type RuleDay = { time: number } & (
  | { month: number; week: number; weekday: number }
  | { day: number }
  | { leaplessDay: number }
)

/** Reads a file of version 2 or later: its 64-bit data. Throws for any other. */
export function readTzif(file: Buffer): ZoneFile {
  if (file.toString('latin1', 0, 4) !== 'TZif' || file[4] === 0)
    throw new Error('is no TZif file of version 2')
  const counts = (at: number) => {
    const [isUt = 0, isStandard = 0, leaps = 0, times = 0, types = 0, characters = 0] = Array.from(
      { length: 6 },
      (_, i) => file.readUInt32BE(at + 20 + 4 * i),
    )
    return { isUt, isStandard, leaps, times, types, characters }
  }
  const headerBytes = 44
  const first = counts(0)
  // The 32-bit data is passed over.
  const second =
    headerBytes +
    first.times * 5 +
    first.types * 6 +
    first.characters +
    first.leaps * 8 +
    first.isStandard +
    first.isUt
  const { isUt, isStandard, leaps, times, types, characters } = counts(second)
  const timesAt = second + headerBytes
  const typesAt = timesAt + times * 8 + times
  const offsetOf = (type: number) => file.readInt32BE(typesAt + 6 * type)
  const changes = Array.from({ length: times }, (_, i) => ({
    at: Number(file.readBigInt64BE(timesAt + 8 * i)),
    offset: offsetOf(file.readUInt8(timesAt + times * 8 + i)),
  }))
  const footer = file.toString('latin1', typesAt + types * 6 + characters + leaps * 12 + isStandard + isUt)
  const text = footer.split('\n')[1] ?? ''
  return { changes, before: offsetOf(0), rule: text === '' ? null : readRule(text) }
}

/** The instants from `from` to `to` at which the offset changes, with the offsets, and the offset at `from`. */
export function changesOf(zone: ZoneFile, from: number, to: number): { at: number; offset: number }[] {
  const last = zone.changes.at(-1)
  const all = [...zone.changes]
  for (let year = new Date(from * 1000).getUTCFullYear() - 1; zone.rule && year <= yearOf(to) + 1; year++)
    all.push(...changesIn(zone.rule, year).filter(({ at }) => last === undefined || at > last.at))
  const before = all.findLast(({ at }) => at <= from)?.offset ?? zone.before
  let offset = before
  const found = [{ at: from, offset }]
  for (const change of all) {
    if (change.at <= from || change.at > to || change.offset === offset) continue
    offset = change.offset
    found.push(change)
  }
  return found
}

const yearOf = (seconds: number) => new Date(seconds * 1000).getUTCFullYear()

function changesIn({ standard, summer }: Rule, year: number): { at: number; offset: number }[] {
  if (!summer) return [{ at: Date.UTC(year, 0, 1) / 1000 - standard, offset: standard }]
  // Each is told by the clock before it.
  return [
    { at: dayIn(summer.begins, year) - standard, offset: summer.offset },
    { at: dayIn(summer.ends, year) - summer.offset, offset: standard },
  ].sort((a, b) => a.at - b.at)
}

const daySeconds = 86_400

/** The wall's time of a rule's day, as if it were UTC. */
function dayIn(rule: RuleDay, year: number): number {
  const january = Date.UTC(year, 0, 1) / 1000
  if ('day' in rule) return january + rule.day * daySeconds + rule.time
  if ('leaplessDay' in rule) {
    const isLeap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1
    const day = rule.leaplessDay - 1 + (isLeap && rule.leaplessDay >= 60 ? 1 : 0)
    return january + day * daySeconds + rule.time
  }
  const first = Date.UTC(year, rule.month - 1, 1) / 1000
  const days = new Date(Date.UTC(year, rule.month, 0)).getUTCDate()
  let day = 1 + ((rule.weekday - new Date(first * 1000).getUTCDay() + 7) % 7) + 7 * (rule.week - 1)
  while (day > days) day -= 7
  return first + (day - 1) * daySeconds + rule.time
}

function readRule(text: string): Rule {
  const name = '(?:<[^>]+>|[A-Za-z]+)'
  const time = '[+-]?\\d+(?::\\d+)*'
  const parts = new RegExp(`^${name}(${time})(?:${name}(${time})?,([^,]+),([^,]+))?$`).exec(text)
  if (!parts) throw new Error(`has a rule that is not read: ${text}`)
  const [, standard = '', summer, begins, ends] = parts
  // A rule counts behind UTC.
  const offset = -seconds(standard)
  if (begins === undefined || ends === undefined) return { standard: offset }
  return {
    standard: offset,
    summer: {
      offset: summer === undefined ? offset + 3600 : -seconds(summer),
      begins: readDay(begins),
      ends: readDay(ends),
    },
  }
}

function readDay(text: string): RuleDay {
  const [day = '', at = '2'] = text.split('/')
  const time = seconds(at)
  const [, month, week, weekday] = /^M(\d+)\.(\d)\.(\d)$/.exec(day) ?? []
  if (month !== undefined) return { month: Number(month), week: Number(week), weekday: Number(weekday), time }
  return day.startsWith('J') ? { leaplessDay: Number(day.slice(1)), time } : { day: Number(day), time }
}

/** `-1:30` */
function seconds(text: string): number {
  const [hours = 0, minutes = 0, rest = 0] = text.replace(/^[+-]/, '').split(':').map(Number)
  return (text.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + rest)
}
