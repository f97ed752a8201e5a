import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { Part } from '../../base/part.ts'
import { formatMoment, hourMs } from '../../base/time.ts'
import { locale, words } from '../language.ts'
import { clockTime, dayName, endTime } from './summary.ts'
import {
  dayMinutes,
  dayOf,
  drawn,
  type Interval,
  moved,
  near,
  type Segment,
  segmentsOf,
  snap,
  sorted,
  withEnd,
  withStart,
} from './week.ts'

const step = 15
const fineStep = 5
/** A touch that draws nothing makes this much. */
const tapMinutes = 60
/** The most that a finger may slip for a tap, in pixels. */
const tapPx = 6

type Grip = 'draw' | 'move' | 'start' | 'end'

interface Drag {
  grip: Grip
  /** The interval before the drag; for a new one, where the drag began. */
  from: Interval
  /** The minute of the week where the pointer took hold. */
  anchor: number
  now: Interval
  hasMoved: boolean
  x: number
  y: number
}

/**
 * A week as seven columns on which hours are drawn, moved and resized. People who do not use a pointer have the list of
 * the same hours; the blocks accept the arrow keys and Delete, too.
 */
class AdminWeek extends Part {
  @property({ attribute: false }) intervals!: Interval[]
  /** Weekdays in the order of the columns. */
  @property({ attribute: false }) days!: number[]
  @property({ attribute: false }) selected: Interval | undefined
  @state() drag: Drag | undefined
  /** The block to focus when the hours come back from the editor: in the same task, so that no key press is lost. */
  #focusNext: Interval | undefined

  protected override render() {
    const { drag } = this
    const others = this.intervals.filter((interval) => interval !== drag?.from)
    const shown = drag?.hasMoved ? [...others, drag.now] : this.intervals
    const segments = segmentsOf(shown)
    return html`
      <div class="week" role="group" aria-label=${words.weekDrawn}>
        <div class="hours" aria-hidden="true">
          ${[0, 3, 6, 9, 12, 15, 18, 21, 24].map((hour) => {
            const style = `inset-block-start:${(hour / 24) * 100}%`
            return html`<span .style=${style}>${formatMoment(hour * hourMs, locale, { hour: 'numeric', timeZone: 'UTC' })}</span>`
          })}
        </div>
        ${this.days.map(
          (day) => html`
            <div class="day">
              <span class="day-name" aria-hidden="true">
                <span class="long">${dayName(day, locale, 'short')}</span>
                <span class="narrow">${dayName(day, locale, 'narrow')}</span>
              </span>
              <div
                class="column"
                data-day=${day}
                @pointerdown=${(event: PointerEvent) => this.#beginDrag(event, 'draw')}
              >
                ${segments.filter((segment) => segment.day === day).map((segment) => this.#block(segment))}
              </div>
            </div>
          `,
        )}
      </div>
    `
  }

  #block({ interval, from, to, isFirst, isLast }: Segment) {
    const isDragged = interval === this.drag?.now
    const isSelected = interval === this.selected || isDragged
    const name = fromTo(interval)
    const grip = (grip: Grip) => (event: PointerEvent) => this.#beginDrag(event, grip, interval)
    const percent = (minutes: number) => `${(minutes / dayMinutes) * 100}%`
    const looks = [isFirst && 'first', isLast && 'last', isSelected && 'selected', to - from < 60 && 'short']
    const times = [
      isFirst ? clockTime(interval.start, locale) : '',
      isLast ? endTime(interval.end, locale) : '',
    ]
    return html`
      <div
        class="block ${looks.filter(Boolean).join(' ')}"
        .style=${`inset-block-start:${percent(from)};block-size:${percent(to - from)}`}
        role=${isFirst ? 'button' : nothing}
        tabindex=${isFirst ? 0 : nothing}
        aria-hidden=${isFirst ? nothing : 'true'}
        aria-label=${isFirst ? words.blockName(name) : nothing}
        title=${name}
        data-start=${interval.start}
        @pointerdown=${grip('move')}
        @keydown=${(event: KeyboardEvent) => this.#key(event, interval)}
        @focus=${() => this.#emitChosen(interval)}
        @blur=${() => this.#emitChosen(undefined)}
      >
        ${isFirst ? html`<span class="edge start" @pointerdown=${grip('start')}></span>` : nothing}
        ${to - from >= 45 ? html`<span class="time">${times.filter(Boolean).join('–')}</span>` : nothing}
        ${isLast ? html`<span class="edge end" @pointerdown=${grip('end')}></span>` : nothing}
      </div>
    `
  }

  #beginDrag(event: PointerEvent, grip: Grip, interval?: Interval): void {
    if (event.button !== 0 || this.drag) return
    event.stopPropagation()
    const anchor = this.#minuteAt(event)
    if (anchor === undefined) return
    const begun = { start: snap(anchor, step), end: snap(anchor, step) }
    const from = interval ?? begun
    this.drag = { grip, from, anchor, now: from, hasMoved: false, x: event.clientX, y: event.clientY }
    const isTouch = event.pointerType === 'touch'
    const follow = (next: PointerEvent) => {
      if (next.pointerId === event.pointerId) this.#drag(next)
    }
    const end = (last: PointerEvent) => {
      if (last.pointerId !== event.pointerId) return
      stop()
      this.#drop(last.type === 'pointercancel', isTouch)
    }
    const abandon = (key: KeyboardEvent) => {
      if (key.key !== 'Escape') return
      stop()
      this.drag = undefined
    }
    const stop = () => {
      removeEventListener('pointermove', follow)
      removeEventListener('pointerup', end)
      removeEventListener('pointercancel', end)
      removeEventListener('keydown', abandon)
    }
    addEventListener('pointermove', follow)
    addEventListener('pointerup', end)
    addEventListener('pointercancel', end)
    addEventListener('keydown', abandon)
  }

  #drag(event: PointerEvent): void {
    const { drag } = this
    const pointer = this.#minuteAt(event)
    if (!drag || pointer === undefined) return
    const hasMoved = drag.hasMoved || Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > tapPx
    if (!hasMoved) return
    const unit = event.shiftKey ? fineStep : step
    this.drag = { ...drag, hasMoved, now: pulled(drag, snap(pointer, unit), unit) }
  }

  #drop(isCancelled: boolean, isTouch: boolean): void {
    const { drag } = this
    this.drag = undefined
    // It may be gone: somebody else has saved other hours.
    const isGone = drag?.grip !== 'draw' && !this.intervals.includes(drag?.from as Interval)
    if (!drag || isCancelled || isGone) return
    if (drag.hasMoved) {
      this.#replace(drag.grip === 'draw' ? undefined : drag.from, drag.now)
    } else if (drag.grip === 'draw' && isTouch) {
      // A finger that is drawn over the page scrolls it.
      const start = Math.floor(drag.anchor / tapMinutes) * tapMinutes
      this.#replace(undefined, { start, end: start + tapMinutes })
    }
  }

  #replace(before: Interval | undefined, after: Interval): void {
    const rest = this.intervals.filter((interval) => interval !== before)
    this.#focusNext = after
    this.#emitIntervals(sorted([...rest, after]))
  }

  #emitIntervals(intervals: Interval[]): void {
    this.dispatchEvent(new CustomEvent('intervals', { detail: intervals }))
  }

  #emitChosen(interval: Interval | undefined): void {
    this.dispatchEvent(new CustomEvent('chosen', { detail: interval }))
  }

  #key(event: KeyboardEvent, interval: Interval): void {
    const unit = event.shiftKey ? fineStep : step
    const sideways = { ArrowLeft: -dayMinutes, ArrowRight: dayMinutes }[event.key] ?? 0
    const upwards = { ArrowUp: -unit, ArrowDown: unit }[event.key] ?? 0
    const inText = getComputedStyle(this).direction === 'rtl' ? -sideways : sideways
    if (event.key === 'Enter') {
      event.preventDefault()
      this.dispatchEvent(new CustomEvent('wanted', { detail: interval }))
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault()
      const index = this.intervals.indexOf(interval)
      const rest = this.intervals.filter((each) => each !== interval)
      this.#focusNext = rest[Math.min(index, rest.length - 1)]
      this.#emitIntervals(rest)
      if (rest.length === 0) this.closest('section')?.querySelector<HTMLElement>('.adders button')?.focus()
    } else if (upwards && event.altKey) {
      event.preventDefault()
      this.#replace(interval, withEnd(interval, interval.end + upwards, unit))
    } else if (upwards || inText) {
      event.preventDefault()
      this.#replace(interval, moved(interval, upwards + inText))
    }
  }

  /** The minute of the week under the pointer: of the nearest day where it is beside the week. */
  #minuteAt({ clientX, clientY }: PointerEvent): number | undefined {
    const columns = [...this.querySelectorAll<HTMLElement>('.column')]
    const distance = (column: HTMLElement) => {
      const { left, right } = column.getBoundingClientRect()
      return Math.max(left - clientX, clientX - right, 0)
    }
    const [nearest] = columns.toSorted((a, b) => distance(a) - distance(b))
    if (!nearest) return undefined
    const { top, height } = nearest.getBoundingClientRect()
    const share = Math.min(Math.max((clientY - top) / height, 0), 1)
    return Number(nearest.dataset.day) * dayMinutes + share * dayMinutes
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('intervals') || !this.#focusNext) return
    const { start } = this.#focusNext
    this.#focusNext = undefined
    this.querySelector<HTMLElement>(`.block.first[data-start="${start}"]`)?.focus()
  }
}

function pulled({ grip, from, anchor }: Drag, pointer: number, unit: number): Interval {
  switch (grip) {
    case 'draw':
      return drawn(from.start, pointer, unit)
    case 'move': {
      // Move by whole steps: hours that lie between steps stay between them.
      const start = near(pointer, anchor) - anchor
      return moved(from, snap(start, unit))
    }
    case 'start':
      return withStart(from, pointer, unit)
    case 'end':
      return withEnd(from, pointer, unit)
  }
}

/** `Monday 09:00–17:00`, `Monday 22:00 – Tuesday 06:00` */
function fromTo({ start, end }: Interval): string {
  const dayAndTime = (minute: number) =>
    `${dayName(dayOf(minute), locale, 'long')} ${clockTime(minute, locale)}`
  const isOneDay = end <= (Math.floor(start / dayMinutes) + 1) * dayMinutes
  return isOneDay
    ? `${dayAndTime(start)}–${endTime(end, locale)}`
    : `${dayAndTime(start)} – ${dayAndTime(end)}`
}

customElements.define('admin-week', AdminWeek)
