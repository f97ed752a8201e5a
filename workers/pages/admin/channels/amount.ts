import { html, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { select } from '../../base/field.ts'
import { Part } from '../../base/part.ts'
import { words } from '../language.ts'
import { durationOf, readDuration, type Unit, units } from './duration.ts'

/** A duration as a number and a unit. Emits `amount`, as ISO 8601. */
class AdminAmount extends Part {
  @property() value!: string
  @property() label!: string
  @property({ type: Boolean }) isWrong!: boolean
  @state() unit: Unit | undefined
  /** The last value that it emitted: while it is still that, 60 minutes stay 60 minutes. */
  #emitted = ''

  protected override willUpdate(): void {
    if (this.value !== this.#emitted) this.unit = undefined
    this.#emitted = this.value
  }

  protected override render() {
    const read = readDuration(this.value)
    const unit = this.unit ?? read.unit
    const count = unit === read.unit ? read.count : countIn(unit, this.value)
    const emit = (next: number, target: Unit) => {
      this.unit = target
      this.value = this.#emitted = durationOf({ count: next, unit: target })
      this.dispatchEvent(new CustomEvent('amount', { detail: this.#emitted }))
    }
    return html`
      <input
        class="field amount-count"
        type="number"
        min="1"
        step="any"
        inputmode="decimal"
        .value=${live(count === 0 ? '' : String(count))}
        aria-label=${words.countOf(this.label)}
        aria-invalid=${this.isWrong ? 'true' : 'false'}
        @input=${(event: Event) => emit((event.target as HTMLInputElement).valueAsNumber || 0, unit)}
      >
      ${select<Unit>({
        value: unit,
        options: units.map((key) => [key, words.units[key]] as const),
        choose: (chosen) => emit(count, chosen),
        label: words.unitOf(this.label),
        look: 'amount-unit',
      })}
    `
  }
}

/**
 * A duration that can be switched off: an amount, and the box that takes its place.
 *
 * @param value `undefined`: not known yet; `null`: never
 * @param amount shows a value
 * @param setNever called with whether the box is ticked
 */
export function amountOrNever(
  value: string | null | undefined,
  amount: (value: string) => TemplateResult,
  setNever: (isNever: boolean) => void,
) {
  return html`
    <div class="amount">
      ${value === null || value === undefined ? html`<p class="muted never">${words.never}</p>` : amount(value)}
      <label class="check">
        <input
          type="checkbox"
          .checked=${live(value === null)}
          @change=${(event: Event) => setNever((event.target as HTMLInputElement).checked)}
        >${words.never}
      </label>
    </div>
  `
}

const secondsIn: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 }

function countIn(unit: Unit, text: string): number {
  const { count, unit: largest } = readDuration(text)
  return (count * secondsIn[largest]) / secondsIn[unit]
}

customElements.define('admin-amount', AdminAmount)
