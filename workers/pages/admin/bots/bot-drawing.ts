import { html, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { BotDrawingAnswer } from '../../../../schemas/protocol/admin.ts'
import { ask } from '../../base/ask.ts'
import { Part } from '../../base/part.ts'
import { failureWords } from '../editor-parts.ts'
import { language, words } from '../language.ts'
import '../../base/drawing/machine-drawing.ts'

/** Longer than the pauses of other parts: the drawing jumps less. */
const pauseMs = 800

/** A bot as a statechart, as the gateway draws it. */
class AdminBotDrawing extends Part {
  /** A text without errors. */
  @property({ attribute: false }) text!: string
  @state() answer: BotDrawingAnswer | undefined
  /** Why there is no drawing. */
  @state() failure = ''
  /** The question that is under way. */
  #asked: AbortController | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('text')) return
    this.afterPause(this.answer ? pauseMs : 0, () => this.#draw(this.text))
  }

  protected override render() {
    const { answer, failure } = this
    if (failure) return html`<p class="hint" role="status">${failure}</p>`
    if (!answer) return html`<p class="hint">${words.loading}</p>`
    if (!answer.drawing)
      return html`<p>${answer.kind === 'flow' ? words.notDrawn : words.drawnElsewhere[answer.kind]}</p>`
    return html`<frontdesk-machine .drawing=${answer.drawing} .words=${words.drawing} .leastZoom=${1}></frontdesk-machine>`
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#asked?.abort()
  }

  async #draw(text: string): Promise<void> {
    this.#asked?.abort()
    const asked = new AbortController()
    this.#asked = asked
    const { signal } = asked
    const body = { text, locale: language }
    const answer = await ask<BotDrawingAnswer>('POST', '/v1/admin/draw-bot', { body, signal })
    if (signal.aborted || text !== this.text) return
    this.failure = answer.ok ? '' : failureWords(answer.error)
    if (answer.ok) this.answer = answer.value
  }
}

customElements.define('admin-bot-drawing', AdminBotDrawing)
