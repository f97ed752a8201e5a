import { html, nothing, svg } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { MeasuredTimes } from '../../../schemas/protocol/numbers.ts'
import { table } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { hourMs, minuteMs, secondMs } from '../base/time.ts'
import { locale, words } from './language.ts'
import { length } from './length.ts'

/** An hour or a day. */
export interface Bar {
  name: string
  /** Stands below the bar; empty where there is no room for each. */
  tick: string
  times: MeasuredTimes | undefined
}

// In pixels, from the top: the times, how many there were, and the names of the bars.
const timesHeight = 132
const gap = 12
const countsHeight = 36
const ticksHeight = 20
const gutter = 56
const height = timesHeight + gap + countsHeight + ticksHeight

/** Distances of the lines of the grid. */
const steps = [1, 2, 5, 10, 15, 30]
  .map((seconds) => seconds * secondMs)
  .concat([1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs))
  .concat([1, 2, 4, 8, 12, 24, 48, 120, 240, 480].map((hours) => hours * hourMs))

/** Times by hour or by day: a bar up to the median, a line up to the 90th percentile, below it how many there were. */
class NumberChart extends Part {
  @property({ attribute: false }) label!: string
  @property({ attribute: false }) bars!: readonly Bar[]
  /** Drawn pixel by pixel, so that texts are as large as any other. */
  @state() width = 0

  protected override whileConnected(signal: AbortSignal): void {
    const observer = new ResizeObserver(([entry]) => {
      this.width = Math.floor(entry?.contentRect.width ?? 0)
    })
    observer.observe(this)
    signal.addEventListener('abort', () => observer.disconnect())
  }

  protected override render() {
    const { label } = this
    return html`
      <figure>
        <figcaption><h3>${label}</h3></figcaption>
        ${this.width > gutter ? this.#drawing() : nothing}
        <details>
          <summary>${words.asTable}</summary>
          ${this.#table()}
        </details>
      </figure>
    `
  }

  #drawing() {
    const { bars, width, label } = this
    const longest = Math.max(...bars.map(({ times }) => times?.p90 ?? 0))
    const most = Math.max(1, ...bars.map(({ times }) => times?.count ?? 0))
    const step = steps.find((ms) => longest / ms <= 3) ?? longest
    const top = Math.max(step, Math.ceil(longest / step) * step)
    const y = (ms: number) => timesHeight - (ms / top) * (timesHeight - 12)
    const slot = (width - gutter) / bars.length
    const barWidth = Math.max(2, Math.min(40, slot * 0.7))
    const lines = Array.from({ length: Math.round(top / step) + 1 }, (_, n) => n * step)
    return html`
      <svg role="img" aria-label=${label} width=${width} height=${height} viewBox="0 0 ${width} ${height}">
        ${lines.map(
          (ms) => svg`
            <line class="grid" x1=${gutter} x2=${width} y1=${y(ms)} y2=${y(ms)}></line>
            <text x=${gutter - 8} y=${y(ms) + 4} text-anchor="end">${length(ms)}</text>
          `,
        )}
        <text x=${gutter - 8} y=${timesHeight + gap + 12} text-anchor="end">${most.toLocaleString(locale)}</text>
        <line class="grid" x1=${gutter} x2=${width} y1=${height - ticksHeight} y2=${height - ticksHeight}></line>
        ${bars.map(({ name, tick, times }, n) => {
          const middle = gutter + (n + 0.5) * slot
          const counted = ((times?.count ?? 0) / most) * countsHeight
          const x = middle - barWidth / 2
          return svg`
            <g>
              <title>${times ? words.bar(name, length(times.median), length(times.p90), times.count) : name}</title>
              <rect class="whole" x=${gutter + n * slot} y="0" width=${slot} height=${height - ticksHeight}></rect>
              ${
                times
                  ? svg`
                      <rect class="median" x=${x} y=${y(times.median)} width=${barWidth} height=${timesHeight - y(times.median)}></rect>
                      <line class="p90" x1=${middle} x2=${middle} y1=${y(times.p90)} y2=${y(times.median)}></line>
                      <line class="p90" x1=${middle - 3} x2=${middle + 3} y1=${y(times.p90)} y2=${y(times.p90)}></line>
                      <rect class="counted" x=${x} y=${height - ticksHeight - counted} width=${barWidth} height=${counted}></rect>
                    `
                  : nothing
              }
            </g>
            <text x=${middle} y=${height - 4} text-anchor="middle">${tick}</text>
          `
        })}
      </svg>
    `
  }

  #table() {
    const rows = this.bars.flatMap(({ name, times }) =>
      times
        ? html`
            <tr>
              <th scope="row">${name}</th>
              <td class="length">${length(times.median)}</td>
              <td class="length">${length(times.p90)}</td>
              <td class="length">${times.count.toLocaleString(locale)}</td>
            </tr>
          `
        : [],
    )
    return table([this.label, words.median, words.p90, words.count], rows)
  }
}

customElements.define('number-chart', NumberChart)
