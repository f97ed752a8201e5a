import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import { select } from '../../base/field.ts'
import { iconButton, icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import type { Editing } from '../editing.ts'
import { fieldError, fieldId, problemsAt } from '../editor-parts.ts'
import { locale, words } from '../language.ts'
import { clockTime, dayName, lengthWords } from './summary.ts'
import {
  between,
  dayMinutes,
  dayOf,
  type Interval,
  isLong,
  likelyEnd,
  overlapping,
  readTime,
  sorted,
  timeOf,
  weekMinutes,
} from './week.ts'

/** The weekly hours as fields, one line each: everything that the drawing offers, for keyboards and screen readers. */
export class AdminIntervals extends Part {
  @property({ attribute: false }) editing!: Editing<Schedule>
  @property({ attribute: false }) intervals!: Interval[]
  @property({ attribute: false }) days!: number[]
  @property({ attribute: false }) selected: Interval | undefined
  @property({ attribute: false }) problems: unknown
  @state() said = ''
  /** Lines keep their elements, and the focus with them, while hours are edited. */
  readonly #keys = new WeakMap<Interval, number>()
  #nextKey = 0

  /** The order of the lines; none moves while somebody edits them. */
  #order: number[] = []
  #isFocused = false

  #keyOf(interval: Interval): number {
    const key = this.#keys.get(interval) ?? this.#nextKey++
    this.#keys.set(interval, key)
    return key
  }

  #inOrder(): Interval[] {
    const week = sorted(this.intervals, this.days[0])
    const place = (interval: Interval) => {
      const index = this.#order.indexOf(this.#keyOf(interval))
      return index < 0 ? this.#order.length : index
    }
    const shown = this.#isFocused ? week.toSorted((a, b) => place(a) - place(b)) : week
    this.#order = shown.map((interval) => this.#keyOf(interval))
    return shown
  }

  protected override render() {
    const overlaps = overlapping(this.intervals)
    return html`
      <div class="intervals" role="group" aria-label=${words.hoursAsList} id=${fieldId(['intervals'])} tabindex="-1"
        @focusin=${() => {
          this.#isFocused = true
        }}
        @focusout=${(event: FocusEvent) => {
          if (this.contains(event.relatedTarget as Node | null)) return
          this.#isFocused = false
          this.#choose(undefined)
          this.requestUpdate()
        }}>
        ${
          this.intervals.length === 0
            ? html`<p class="hint">${words.noHoursHint}</p>`
            : html`<ul>${repeat(
                this.#inOrder(),
                (interval) => this.#keyOf(interval),
                (interval, place) => this.#line(interval, place, overlaps.has(interval)),
              )}</ul>`
        }
        ${fieldError(this.editing, ['intervals'])}
        <div class="adders">
          <button type="button" class="chip add" @click=${this.#add}>${icons.plus}${words.addHours}</button>
        </div>
        <p class="visually-hidden" role="status">${this.said}</p>
      </div>
    `
  }

  #line(interval: Interval, place: number, overlaps: boolean) {
    const index = this.intervals.indexOf(interval)
    const path = ['intervals', index]
    const invalid = problemsAt(this.editing, path, true).length > 0 ? 'true' : 'false'
    const name = `${words.interval} ${place + 1}`
    const edge = (side: 'start' | 'end') => {
      const minute = interval[side]
      const set = (day: number, time: number | undefined) => {
        if (time === undefined) return
        const moment = day * dayMinutes + time
        // The end follows the start's day, so that 9 to 17 on Tuesday does not become a night of a whole week.
        const length = interval.end - interval.start
        const next =
          side === 'end'
            ? between(interval.start, moment)
            : dayOf(interval.start) === day
              ? between(moment, interval.end)
              : { start: moment % weekMinutes, end: (moment % weekMinutes) + length }
        this.#replace(index, next)
      }
      const label = words.edges[side]
      return html`
        <span class="edge-fields">
          ${select({
            id: fieldId([...path, side]),
            value: String(dayOf(minute)),
            options: this.days.map((day) => [String(day), dayName(day, locale, 'long')] as const),
            choose: (day) => set(Number(day), minute % dayMinutes),
            label: words.dayOf(name, label),
            invalid,
          })}
          <input
            class="field"
            type="time"
            aria-label=${words.timeOf(name, label)}
            aria-invalid=${invalid}
            .value=${live(timeOf(minute))}
            @change=${(event: Event) => set(dayOf(minute), readTime((event.target as HTMLInputElement).value))}
          >
        </span>
      `
    }
    return html`
      <li id=${fieldId(path)} tabindex="-1" class=${interval === this.selected ? 'selected' : ''}
        @focusin=${() => this.#choose(interval)}>
        ${edge('start')}<span class="dash" aria-hidden="true">–</span>${edge('end')}
        ${iconButton(icons.close, words.removeNamed(name), { press: () => this.#remove(interval, name) })}
        ${overlaps ? html`<span class="mark">${words.overlaps}</span>` : nothing}
        ${fieldError(this.editing, path, true)} ${isLong(interval) ? this.#longWarning(interval, index) : nothing}
      </li>
    `
  }

  #longWarning(interval: Interval, index: number) {
    const { start, end } = interval
    const likely = likelyEnd(interval)
    const correct = () => {
      // The button that is pressed goes.
      this.querySelector<HTMLElement>(`[id="${fieldId(['intervals', index, 'end'])}"]`)?.focus()
      this.#replace(index, { start, end: likely })
    }
    const day = dayOf(likely) === dayOf(start) ? '' : `${dayName(dayOf(likely), locale, 'long')} `
    return html`
      <p class="field-warning">
        ${words.lasts(lengthWords(end - start, locale))}
        <button type="button" class="link" @click=${correct}>
          ${words.meant(`${day}${clockTime(likely, locale)}`)}
        </button>
      </p>
    `
  }

  #replace(index: number, next: Interval): void {
    const before = this.intervals[index] as Interval
    this.#keys.set(next, this.#keyOf(before))
    this.editing.edit(['intervals'], this.intervals.with(index, next))
    this.#choose(next)
  }

  #add = (): void => {
    const last = this.#inOrder().at(-1)
    const day = last ? dayOf(last.start) + 1 : 1
    const start = (day % 7) * dayMinutes + 9 * 60
    const next = { start, end: start + 8 * 60 }
    this.editing.edit(['intervals'], [...this.intervals, next])
    void this.#focus(next)
  }

  #remove(interval: Interval, name: string): void {
    const shown = this.#inOrder()
    const after = shown[shown.indexOf(interval) + 1] ?? shown.at(-2)
    this.said = words.removed(name)
    this.editing.edit(
      ['intervals'],
      this.intervals.filter((each) => each !== interval),
    )
    void this.#focus(after)
  }

  /** Focuses the fields of an interval. */
  focusOn(interval: Interval): void {
    void this.#focus(interval)
  }

  async #focus(interval: Interval | undefined): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    await this.updateComplete
    const index = interval ? this.intervals.indexOf(interval) : -1
    const field = index < 0 ? '.adders button' : `[id="${fieldId(['intervals', index])}"] select`
    this.querySelector<HTMLElement>(field)?.focus()
  }

  #choose(interval: Interval | undefined): void {
    this.dispatchEvent(new CustomEvent('chosen', { detail: interval }))
  }
}

customElements.define('admin-intervals', AdminIntervals)
