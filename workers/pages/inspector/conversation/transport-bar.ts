import { html } from 'lit'
import { property } from 'lit/decorators.js'
import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'
import { select } from '../../base/field.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { clockOf, dayOf, fieldOf, instantOf } from '../../base/time.ts'
import { words } from '../words.ts'
import { indexAt, type Speed, speeds } from './playback.ts'

/** Moves back and forth in a recording. Emits `choose` with an index, `play` and `speed`. */
class InspectorTransport extends Part {
  @property({ attribute: false }) steps!: readonly InspectedStep[]
  @property({ attribute: false }) index!: number
  @property({ attribute: false }) isPlaying!: boolean
  @property({ attribute: false }) speed!: Speed

  protected override render() {
    const { steps, index, isPlaying } = this
    const count = steps.length
    const step = steps[index]
    const isFirst = index <= 0
    const isLast = index >= count - 1
    return html`
      <div class="buttons">
        ${this.#button('first', icons.first, isFirst, () => this.#choose(0))}
        ${this.#button('back', icons.stepBack, isFirst, () => this.#choose(index - 1))}
        ${
          isPlaying
            ? this.#button('pause', icons.pause, false, () => this.#emit('play'))
            : this.#button('play', icons.play, isLast, () => this.#emit('play'))
        }
        ${this.#button('forward', icons.forward, isLast, () => this.#choose(index + 1))}
        ${this.#button('last', icons.last, isLast, () => this.#choose(count - 1))}
      </div>
      <label class="visually-hidden" for="speed">${words.speed}</label>
      ${select<Speed>({
        id: 'speed',
        value: this.speed,
        options: speeds.map((speed) => [speed, words.speeds[speed]] as const),
        choose: (speed) => this.#emit('speed', speed),
        look: 'small',
      })}
      <input
        class="position"
        type="range"
        min="1"
        max=${Math.max(1, count)}
        .value=${String(index + 1)}
        ?disabled=${count === 0}
        aria-label=${words.position}
        aria-valuetext=${step ? `${words.positionOf(index + 1, count)}, ${dayOf(step.at)} ${clockOf(step.at)}` : ''}
        @input=${this.#slide}
      >
      <output class="count">${words.positionOf(index + 1, count)}</output>
      <label class="go-to"><span>${words.goTo}</span>
        <input
          class="field small"
          type="datetime-local"
          step="1"
          .value=${fieldOf(step?.at)}
          ?disabled=${count === 0}
          @change=${this.#goTo}
        >
      </label>
    `
  }

  #button(
    name: 'first' | 'back' | 'play' | 'pause' | 'forward' | 'last',
    icon: unknown,
    isOff: boolean,
    press: () => void,
  ) {
    // Not `disabled`, which would take the focus away at the end.
    return html`
      <button
        type="button"
        class="button quiet icon ${name}"
        aria-label=${words[name]}
        title=${words[name]}
        aria-disabled=${isOff ? 'true' : 'false'}
        @click=${() => !isOff && press()}
      >${icon}</button>
    `
  }

  #slide = ({ target }: Event): void => {
    this.#choose(Number((target as HTMLInputElement).value) - 1)
  }

  #goTo = ({ target }: Event): void => {
    const instant = instantOf((target as HTMLInputElement).value)
    // The field has whole seconds: an event within the second belongs to it.
    if (instant !== undefined) this.#choose(indexAt(this.steps, Date.parse(instant) + 999))
  }

  #choose(index: number): void {
    this.#emit('choose', index)
  }

  #emit(type: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

customElements.define('inspector-transport', InspectorTransport)
