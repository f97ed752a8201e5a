import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import type {
  MeasuredTimes,
  MeasureName,
  MeasureNumbers,
  NumbersAnswer,
  RatingNumbers,
} from '../../../schemas/protocol/numbers.ts'
import { gatewayUrl } from '../base/ask.ts'
import { banner } from '../base/banner.ts'
import { segments, select } from '../base/field.ts'
import { icons } from '../base/icons.ts'
import { empty, loading, pageHead, table } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { Polling } from '../base/polling.ts'
import { dayMs, formatMoment } from '../base/time.ts'
import { locale, words } from './language.ts'
import { length } from './length.ts'
import './number-chart.ts'
import type { Bar } from './number-chart.ts'
import { linkTo, measures, type NumbersRoute, queryOf } from './route.ts'

/** Every page on a wall asks a notifier this often, in milliseconds. */
const pauseMs = 15_000

/** The numbers: key figures, one of which is drawn by hour and by day, and a table by channel. */
class NumbersView extends Part {
  @property({ attribute: false }) route!: NumbersRoute
  /** The workspaces that one may choose from; `all`: those that the answers name. */
  @property({ attribute: false }) workspaces!: readonly string[] | 'all'
  readonly #seen = new Set<string>()
  readonly #polling = new Polling<NumbersAnswer>(this, () => `/v1/numbers?${queryOf(this.route)}`, pauseMs)

  protected override render() {
    const { answer, failure } = this.#polling
    for (const { workspace } of answer?.channels ?? []) this.#seen.add(workspace)
    return html`
      ${pageHead(words.title, words.lead, this.#controls())}
      ${failure ? banner('warning', words.failed(failure)) : nothing}
      ${answer?.cutAt ? banner('warning', words.cut(momentOf(answer.cutAt))) : nothing}
      ${answer ? this.#numbers(answer) : loading(failure ? '' : words.loading)}
    `
  }

  #controls() {
    const { route, workspaces } = this
    const known = new Set(workspaces === 'all' ? this.#seen : workspaces)
    if (route.workspace !== undefined) known.add(route.workspace)
    const options = [['', words.allWorkspaces] as const, ...[...known].sort().map((id) => [id, id] as const)]
    return html`
      <div class="controls">
        ${segments(words.period, Object.entries(words.periods), `${route.days}`, (days) =>
          this.#goTo({ days: days === '7' ? 7 : 1 }),
        )}
        ${
          known.size > 1 || route.workspace !== undefined
            ? select({
                label: words.workspace,
                value: route.workspace ?? '',
                options,
                choose: (workspace) => this.#goTo({ workspace: workspace || undefined }),
              })
            : nothing
        }
        <a class="button" href=${gatewayUrl(`/v1/numbers.csv?${queryOf(route)}`)} download>
          ${icons.download}${words.csv}
        </a>
      </div>
    `
  }

  #numbers(answer: NumbersAnswer) {
    const { progress, totals, timeZones } = answer
    const { days, drawn } = this.route
    const numbers = totals.find(({ name }) => name === drawn)
    return html`
      ${progress ? loading(words.progress(progress.read, progress.of)) : nothing}
      ${
        totals.length + answer.ratings.length === 0
          ? progress
            ? nothing
            : empty(words.empty, words.emptyMore)
          : html`
              ${this.#figures(totals)}
              <section class="section charts">
                <h2>${words.names[drawn]}</h2>
                <p class="hint">${words.explained[drawn]} ${words.legend}</p>
                ${
                  numbers
                    ? html`
                        <number-chart .label=${words.byHour} .bars=${hourBars(numbers)}></number-chart>
                        ${
                          days > 1
                            ? html`<number-chart .label=${words.byDay} .bars=${dayBars(numbers, days)}></number-chart>`
                            : nothing
                        }
                        <p class="note">${words.clock(timeZones)}</p>
                      `
                    : html`<p class="hint">${words.none}</p>`
                }
              </section>
              ${byChannel(answer)}
            `
      }
    `
  }

  #figures(totals: readonly MeasureNumbers[]) {
    const times = new Map(totals.map((numbers) => [numbers.name, numbers]))
    const { drawn } = this.route
    return html`
      <div class="figures" role="group" aria-label=${words.figures}>
        ${measures.map(
          (name) => html`
            <button type="button" aria-pressed=${name === drawn} @click=${() => this.#goTo({ drawn: name })}>
              <span class="label">${words.names[name]}</span>
              <strong class="count">${mainFigure(name, times)}</strong>
              <span class="hint">${moreOf(name, times.get(name))}</span>
            </button>
          `,
        )}
      </div>
    `
  }

  #goTo(change: Partial<NumbersRoute>): void {
    location.hash = linkTo({ ...this.route, ...change })
  }
}

/** A median; of abandonments how many, and their share of all waits that are over. */
function mainFigure(name: MeasureName, times: ReadonlyMap<MeasureName, MeasuredTimes>): string {
  const { count = 0, median = 0 } = times.get(name) ?? {}
  if (name !== 'abandoned') return count === 0 ? '–' : length(median)
  const waits = count + (times.get('accept')?.count ?? 0)
  const share = waits === 0 ? 0 : count / waits
  return `${count.toLocaleString(locale)} · ${share.toLocaleString(locale, { style: 'percent' })}`
}

function moreOf(name: MeasureName, times: MeasuredTimes | undefined): string {
  if (!times) return words.none
  const { count, median, p90 } = times
  if (name === 'abandoned') return words.abandonedAfter(length(median))
  return words.nineOfTen(length(p90), count.toLocaleString(locale))
}

function hourBars({ hours }: MeasureNumbers): Bar[] {
  return Array.from({ length: 24 }, (_, hour) => ({
    name: `${hour}:00–${hour + 1}:00`,
    tick: hour % 3 === 0 ? `${hour}` : '',
    times: hours.find((measured) => measured.hour === hour),
  }))
}

/** The last days, and those of channels whose date is another one. */
function dayBars({ days }: MeasureNumbers, count: number): Bar[] {
  const dateOf = (at: number) => new Date(at).toISOString().slice(0, 10)
  const today = Date.now() - new Date().getTimezoneOffset() * 60_000
  const last = days.at(-1)?.day ?? ''
  const end = Math.max(today, last === '' ? 0 : Date.parse(last))
  const recent = Array.from({ length: count }, (_, back) => dateOf(end - back * dayMs))
  const all = new Set([...recent, ...days.map(({ day }) => day)])
  return [...all].sort().map((day) => ({
    name: formatMoment(day, locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }),
    tick: formatMoment(day, locale, { weekday: 'short', timeZone: 'UTC' }),
    times: days.find((measured) => measured.day === day),
  }))
}

/** The median of each measure, and how many gave up. */
function byChannel({ channels, ratings }: NumbersAnswer) {
  const rows = new Map<string, Map<MeasureName, MeasuredTimes>>()
  for (const { workspace, channel, name, ...times } of channels) {
    const key = `${workspace} ${channel}`
    rows.set(key, (rows.get(key) ?? new Map()).set(name, times))
  }
  for (const { workspace, channel } of ratings)
    if (!rows.has(`${workspace} ${channel}`)) rows.set(`${workspace} ${channel}`, new Map())
  const [accept, wait, firstReply, reply, abandoned] = measures.map((name) => words.names[name])
  return html`
    <section class="section">
      <h2>${words.byChannel}</h2>
      <p class="hint">${words.byChannelMore}</p>
      ${table(
        [
          words.channel,
          `${accept}`,
          { text: `${wait}`, wide: true },
          `${firstReply}`,
          { text: `${reply}`, wide: true },
          `${abandoned}`,
          words.rating,
        ],
        [...rows].sort().map(([key, times]) => {
          const [workspace, channel] = key.split(' ')
          const cell = (name: MeasureName, isWide = false) => {
            const median = times.get(name)?.median
            return html`<td class="length ${isWide ? 'wide' : ''}">${median === undefined ? '–' : length(median)}</td>`
          }
          return html`
            <tr>
              <th scope="row">${channel}${channel === workspace ? nothing : html`<span class="sub">${workspace}</span>`}</th>
              ${cell('accept')} ${cell('wait', true)} ${cell('firstReply')} ${cell('reply', true)}
              <td class="length">${(times.get('abandoned')?.count ?? 0).toLocaleString(locale)}</td>
              <td class="length">${ratingText(ratings.find((one) => one.workspace === workspace && one.channel === channel))}</td>
            </tr>
          `
        }),
      )}
    </section>
  `
}

/** The average, and how many. */
function ratingText(rating: RatingNumbers | undefined): string {
  if (!rating) return '–'
  const average = rating.average.toLocaleString(locale, { maximumFractionDigits: 1 })
  return `${average} (${rating.count.toLocaleString(locale)})`
}

function momentOf(instant: string): string {
  return formatMoment(instant, locale, { dateStyle: 'medium', timeStyle: 'short' })
}

customElements.define('numbers-view', NumbersView)
