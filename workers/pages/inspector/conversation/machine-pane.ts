import { html, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Drawing } from '../../../../schemas/protocol/drawing.ts'
import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'
import type { Result } from '../../../../schemas/result.ts'
import { ask, type Refusal } from '../../base/ask.ts'
import type { MachineDrawing } from '../../base/drawing/machine-drawing.ts'
import { Part } from '../../base/part.ts'
import '../../base/drawing/machine-drawing.ts'
import { words } from '../words.ts'

const none: readonly string[] = []

/** The machine of a step as it is drawn, with the states and transitions of the step. Emits `drawn`. */
export class InspectorMachine extends Part {
  /** The machine's name; `undefined` before the first event. */
  @property({ attribute: false }) machine: string | undefined
  @property({ attribute: false }) step: InspectedStep | undefined
  /** The drawings by the name of their machine. */
  @state() drawings: ReadonlyMap<string, Result<Drawing, Refusal> | 'asked'> = new Map()
  /** The states that the drawing was scrolled to last. */
  #scrolledTo: readonly string[] | undefined

  /** The drawing, once it has come. */
  get drawing(): Drawing | undefined {
    const answer = this.drawings.get(this.machine ?? '')
    return typeof answer === 'object' && answer.ok ? answer.value : undefined
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { machine } = this
    if (changed.has('machine') && machine !== undefined && !this.drawings.has(machine))
      void this.#ask(machine)
  }

  protected override render() {
    const { machine, step } = this
    const note = (text: string) => html`<p class="hint alone" role="status">${text}</p>`
    if (machine === undefined) return note(step ? words.noMachine : words.reading)
    const answer = this.drawings.get(machine)
    if (answer === undefined || answer === 'asked') return note(words.drawingLoading)
    if (!answer.ok) return note(words.failed(answer.error.message))
    return html`
      <frontdesk-machine
        .drawing=${answer.value}
        .active=${step?.active ?? none}
        .taken=${step?.taken ?? none}
      ></frontdesk-machine>
    `
  }

  protected override updated(): void {
    const drawn = this.querySelector<MachineDrawing>('frontdesk-machine')
    // After it has marked the states.
    if (drawn && drawn.active !== this.#scrolledTo)
      void drawn.updateComplete.then(() => drawn.scrollToActive())
    this.#scrolledTo = drawn?.active
  }

  async #ask(machine: string): Promise<void> {
    this.drawings = new Map(this.drawings).set(machine, 'asked')
    const path = `/v1/inspector/machines/${encodeURIComponent(machine)}/drawing`
    this.drawings = new Map(this.drawings).set(machine, await ask<Drawing>('GET', path))
    this.dispatchEvent(new CustomEvent('drawn'))
  }
}

customElements.define('inspector-machine', InspectorMachine)
