import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsMsg } from '@nats-io/jetstream'
import type { z } from 'zod'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import {
  type MeasureName,
  type MeasureNumbers,
  measureNames,
  type NumbersAnswer,
  numbersDaysMax,
  type numbersQuestion,
} from '../../../../schemas/protocol/numbers.ts'
import { TimeZone } from '../../../../schemas/time-zone.ts'
import { scheduleOf } from '../../../core/configuration.ts'
import { contextOf, isRunning } from '../../../core/conversation.ts'
import { ConfiguredHours } from '../../../core/hours/configured-hours.ts'
import type { ZonedHours } from '../../../core/hours/opening-hours.ts'
import { readDocument } from '../../../core/read-document.ts'
import { readRecord } from '../../../core/record.ts'
import { Bucket } from '../../bucket.ts'
import type { Nats } from '../../connect.ts'
import { subjects } from '../../topology.ts'
import { type Measure, type MeasuredPast, measure } from './measures.ts'
import { dayOfHour, hoursPerDay, numbersOf, ratingNumbers, type Sample } from './numbers-of.ts'
import { RecordCount } from './record-count.ts'

/** The most times that are kept: the latest. */
export const measuredMax = 500_000
const hourMs = 3_600_000
const keptMs = (numbersDaysMax + 1) * hoursPerDay * hourMs

type NumbersQuestion = z.infer<typeof numbersQuestion>

/** The times of one measure, or the ratings with their score as `ms`, at one channel of a workspace. */
interface Series extends Pick<Measure, 'workspace' | 'channel'> {
  name: MeasureName | 'rating'
  samples: Sample[]
}

interface Schedules {
  channels: Map<string, Channel>
  schedules: ReadonlyMap<string, ZonedHours>
}

/**
 * How long customers waited for agents, measured by the records in open time. A change of a schedule, or of the one
 * that a channel has, begins the count anew.
 */
export class NumberCount extends RecordCount {
  readonly #configuration: Bucket
  readonly #measuredMax: number
  #schedules: Schedules = { channels: new Map(), schedules: new Map() }
  /** The part of the configuration that the times depend on, as JSON. */
  #measuredBy = ''
  #series = new Map<string, Series>()
  #total = 0
  /** Times that ended before are no longer here. */
  #trimmedTo = 0
  /** The pasts of conversations with an open request, by conversation. */
  readonly #past = new Map<string, MeasuredPast>()
  /** Conversations whose times are still to be removed. */
  readonly #erased = new Set<string>()

  constructor(nats: Nats, max?: number, times: number = measuredMax) {
    super(nats, max)
    this.#configuration = new Bucket(nats, 'configuration')
    this.#measuredMax = times
  }

  /** The earliest record that a question needs, in epoch milliseconds. */
  beginningOf({ days, since }: NumbersQuestion, now: number): number {
    // The first day has begun up to a day ago, which may have 25 hours.
    const from = since === undefined ? now - (days * hoursPerDay + 1) * hourMs : Date.parse(since)
    return Math.max(from, now - keptMs)
  }

  async answer(question: NumbersQuestion, now: number): Promise<NumbersAnswer> {
    const { since, until, days, workspaces } = question
    const [from, to] = [since ? Date.parse(since) : 0, until ? Date.parse(until) : Number.POSITIVE_INFINITY]
    const channels: NumbersAnswer['channels'] = []
    const ratings: NumbersAnswer['ratings'] = []
    const timeZones = new Set<string>()
    const totals = new Map<MeasureName, Sample[]>()
    for (const { workspace, channel, name, samples } of this.#series.values()) {
      if (workspaces && !workspaces.includes(workspace)) continue
      const zone = this.#zoneOf(channel)
      const firstDay = since === undefined ? dayOfHour(localHour(now, zone)) - days + 1 : 0
      const asked = samples.filter(({ at, hour }) => at >= from && at < to && dayOfHour(hour) >= firstDay)
      if (asked.length === 0) continue
      if (name === 'rating') {
        ratings.push({ workspace, channel, ...ratingNumbers(asked) })
        continue
      }
      channels.push({ workspace, channel, ...numbersOf(name, asked) })
      timeZones.add(zone.name)
      totals.set(name, (totals.get(name) ?? []).concat(asked))
      await nextTurn()
    }
    channels.sort((a, b) => b.count - a.count)
    ratings.sort((a, b) => b.count - a.count)
    const total: MeasureNumbers[] = []
    for (const name of measureNames) {
      const samples = totals.get(name)
      if (samples) total.push(numbersOf(name, samples))
      await nextTurn()
    }
    const { progress } = this
    const cutAt = Math.max(this.from ?? 0, this.#trimmedTo)
    return {
      channels,
      totals: total,
      ratings,
      timeZones: [...timeZones].sort(),
      ...(cutAt > this.beginningOf(question, now) && { cutAt: new Date(cutAt).toISOString() }),
      ...(progress && { progress }),
    }
  }

  protected override async isOutdated(): Promise<boolean> {
    const before = this.#measuredBy
    const channels = new Map<string, Channel>()
    const schedules = new ConfiguredHours()
    const measuredBy: string[] = []
    for (const kind of ['calendar', 'schedule'] as const)
      for (const { key, value, revision } of await this.#configuration.list(`${kind}.*`)) {
        const read = readDocument(kind, value)
        if (!read.ok) continue
        schedules.put(read.value)
        measuredBy.push(`${key} ${revision}`)
      }
    for (const { value } of await this.#configuration.list('channel.*')) {
      const read = readDocument('channel', value)
      if (!read.ok || read.value.kind !== 'channel') continue
      const { document } = read.value
      channels.set(document.id, document)
      if (document.schedule) measuredBy.push(`${document.id} ${document.schedule}`)
    }
    this.#schedules = { channels, schedules: schedules.all }
    this.#measuredBy = measuredBy.join('\n')
    return before !== this.#measuredBy
  }

  protected count(message: JsMsg): boolean {
    const conversation = message.subject.slice(subjects.conversation('').length)
    const record = readRecord(message.string())
    if (!record) return true
    if (record.state.erased) this.#erased.add(conversation)
    const hoursOf = (channel: string) => scheduleOf(this.#schedules, channel)?.hours
    const { measures, past } = measure(this.#past.get(conversation), record, hoursOf)
    if (past) this.#past.set(conversation, past)
    else this.#past.delete(conversation)
    for (const measured of measures) this.#add(measured, conversation)
    if (record.rating && isRunning(record.state)) {
      const { workspace, channel } = contextOf(record.state.snapshot).pinned
      const rated = { at: Date.parse(record.at), ms: record.rating.score, workspace, channel }
      this.#add({ name: 'rating', ...rated }, conversation)
    }
    return true
  }

  protected override readAll(): void {
    if (this.#erased.size > 0) this.#keep(({ conversation }) => !this.#erased.has(conversation))
    this.#erased.clear()
    this.#trim(Date.now() - keptMs)
  }

  protected drop(): void {
    this.#series.clear()
    this.#past.clear()
    this.#erased.clear()
    this.#total = 0
    this.#trimmedTo = 0
  }

  #add(
    { name, at, ms, workspace, channel }: Omit<Measure, 'name'> & Pick<Series, 'name'>,
    conversation: string,
  ): void {
    const key = `${workspace} ${channel} ${name}`
    const series = this.#series.get(key) ?? { name, workspace, channel, samples: [] }
    this.#series.set(key, series)
    series.samples.push({ at, ms, hour: localHour(at, this.#zoneOf(channel)), conversation })
    // Trimming looks at all of them.
    if (++this.#total >= this.#measuredMax * 1.25) this.#trim(0)
  }

  /** Drops times that ended before an instant, and the earliest of too many. */
  #trim(before: number): void {
    let from = before
    if (this.#total > this.#measuredMax) {
      const times = Float64Array.from(
        [...this.#series.values()].flatMap(({ samples }) => samples.map(({ at }) => at)),
      )
      from = Math.max(from, times.sort()[times.length - this.#measuredMax] ?? 0)
      this.#trimmedTo = from
    }
    this.#keep(({ at }) => at >= from)
  }

  #keep(isKept: (sample: Sample) => boolean): void {
    this.#total = 0
    for (const [key, series] of this.#series) {
      series.samples = series.samples.filter(isKept)
      this.#total += series.samples.length
      if (series.samples.length === 0) this.#series.delete(key)
    }
  }

  #zoneOf(channel: string): TimeZone {
    return TimeZone.named(scheduleOf(this.#schedules, channel)?.timeZone ?? 'UTC')
  }
}

/** Whole hours on a zone's clock since 1970. */
function localHour(at: number, zone: TimeZone): number {
  return Math.floor((at + zone.offset(at) * 60_000) / hourMs)
}
