import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { clockOf, dayOf } from '../../base/time.ts'
import { words } from '../words.ts'
import { sourceOf, summaryOf } from './summary.ts'

/** The height in conversation.css: all rows have the same height, so that only visible ones are rendered. */
const rowPx = 52
/** The rows beyond each edge, and the step in which the list moves. */
const spareRows = 12

/** The events of a conversation, or some of them, one chosen. Emits `choose` with an index of `steps`. */
class InspectorEvents extends Part {
  @property({ attribute: false }) steps: readonly InspectedStep[] = []
  @property({ attribute: false }) index = -1
  /** The indices of the steps that are listed; `undefined`: all. */
  @property({ attribute: false }) listed: readonly number[] | undefined
  /** The index of the first step of a copy. */
  @property({ attribute: false }) copiedFrom: number | undefined
  @state() firstRow = 0
  @state() rowCount = 3 * spareRows
  readonly #resized = new ResizeObserver(() => this.#updateRows())

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#resized.disconnect()
  }

  protected override firstUpdated(): void {
    const scroller = this.#scroller()
    if (scroller) this.#resized.observe(scroller)
  }

  protected override render() {
    const { index, firstRow } = this
    const count = this.#count
    const end = Math.min(firstRow + this.rowCount, count)
    const rows = Array.from({ length: Math.max(0, end - firstRow) }, (_, n) => firstRow + n)
    // The active descendant must exist even if it is out of sight.
    const chosen = this.#rowOf(index)
    const isOutside = chosen >= 0 && (chosen < firstRow || chosen >= end)
    return html`
      <div
        class="scroller"
        role="listbox"
        tabindex="0"
        aria-label=${words.events}
        aria-activedescendant=${chosen >= 0 ? rowId(index) : nothing}
        @scroll=${this.#updateRows}
      >
        <div class="rows" role="presentation" .style=${`block-size:${count * rowPx}px`}>
          ${repeat(
            rows,
            (row) => this.#indexAt(row),
            (row) => this.#row(row),
          )}
          ${isOutside ? this.#row(chosen) : nothing}
        </div>
      </div>
    `
  }

  protected override updated(changed: PropertyValues): void {
    if (
      changed.has('index') ||
      changed.has('listed') ||
      (changed.has('steps') && this.index === this.steps.length - 1)
    )
      this.#showChosen()
  }

  get #count(): number {
    return this.listed?.length ?? this.steps.length
  }

  #indexAt(row: number): number {
    return this.listed ? (this.listed[row] as number) : row
  }

  /** -1 if the step is not listed. */
  #rowOf(index: number): number {
    return this.listed ? this.listed.indexOf(index) : index
  }

  #row(row: number) {
    const { steps, index: chosen, copiedFrom } = this
    const index = this.#indexAt(row)
    const step = steps[index] as InspectedStep
    const isCopied = copiedFrom !== undefined && index >= copiedFrom
    const day = dayOf(step.at)
    const before = row > 0 ? steps[this.#indexAt(row - 1)] : undefined
    const isNewDay = before === undefined ? false : dayOf(before.at) !== day
    return html`
      <div
        class="event ${step.outcome} ${isCopied ? 'copied' : ''}"
        id=${rowId(index)}
        role="option"
        aria-selected=${index === chosen ? 'true' : 'false'}
        aria-posinset=${row + 1}
        aria-setsize=${this.#count}
        .style=${`inset-block-start:${row * rowPx}px`}
        @click=${() => this.#choose(index)}
      >
        <span class="event-top">
          <time datetime=${step.at} title=${step.at}>
            ${isNewDay ? html`<b>${day}</b>` : nothing} ${clockOf(step.at)}
          </time>
          <span class="event-type">${step.event.type}</span>
          <span class="event-source">${sourceOf(step)}</span>
          ${isCopied ? html`<span class="mark copy">${words.copied}</span>` : nothing} ${marksOf(step)}
        </span>
        <span class="event-said" dir="auto">${summaryOf(step)}</span>
      </div>
    `
  }

  #choose(index: number): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: index }))
  }

  #updateRows = (): void => {
    const scroller = this.#scroller()
    if (!scroller) return
    const top = Math.floor(scroller.scrollTop / rowPx / spareRows) * spareRows
    this.firstRow = Math.max(0, top - spareRows)
    this.rowCount = Math.ceil(scroller.clientHeight / rowPx) + 3 * spareRows
  }

  /** Scrolls the chosen row into sight, by as little as possible. */
  #showChosen(): void {
    const scroller = this.#scroller()
    const row = this.#rowOf(this.index)
    if (!scroller || row < 0) return
    const top = row * rowPx
    if (top < scroller.scrollTop) scroller.scrollTop = top
    else if (top + rowPx > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + rowPx - scroller.clientHeight
    else return
    // At once: the next frame would have no rows.
    this.#updateRows()
  }

  #scroller(): HTMLElement | null {
    return this.querySelector('.scroller')
  }
}

function marksOf({ differs, outcome, rejected }: InspectedStep) {
  return html`
    ${
      differs === undefined
        ? nothing
        : html`<span class="mark warning" title=${words.differsHelp(differs)}>${icons.warning}${words.differs}</span>`
    }
    ${
      outcome === 'applied'
        ? nothing
        : html`<span class="mark ${outcome}">${rejected?.code ?? words.outcomes[outcome]}</span>`
    }
  `
}

function rowId(index: number): string {
  return `event-${index}`
}

customElements.define('inspector-events', InspectorEvents)
