import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { InspectedStep, WhatIfAnswer } from '../../../../schemas/protocol/inspector.ts'
import { ask } from '../../base/ask.ts'
import { icons } from '../../base/icons.ts'
import { crumbs, dialog } from '../../base/page-parts.ts'
import { every, Part } from '../../base/part.ts'
import './event-list.ts'
import type { InspectorMachine } from './machine-pane.ts'
import './machine-pane.ts'
import { type InspectorRoute, linkTo } from '../route.ts'
import { indexByKey, indexOfSeq, latest, listedIndexByKey } from './playback.ts'
import { Player } from './player.ts'
import { matching, saveSteps } from './shown-events.ts'
import { StepFeed } from './step-feed.ts'
import './step-pane.ts'
import './transport-bar.ts'
import { type Copy, heardIn, type WhatIfEvent } from './what-if.ts'
import './what-if-form.ts'
import { words } from '../words.ts'

/** Browsers refuse an address that changes too often. */
const addressPauseMs = 300

/** A conversation: its machine, its events, one of them in detail; live, in replay, or as a what-if copy. */
class InspectorConversation extends Part {
  /** The place in the address; each conversation has an element of its own. */
  @property({ attribute: false }) route!: Extract<InspectorRoute, { page: 'conversation' }>
  /** The index of the step that is shown; `undefined`: always the last one. */
  @state() chosen: number | undefined
  @state() isRevealed = false
  @state() copy: Copy | undefined
  /** A request for the copy's next event is under way. */
  @state() isAsking = false
  /** Why the event was refused. */
  @state() refused = ''
  /** Whether the what-if form is open. */
  @state() isTrying = false
  /** The words that an event's row must have. */
  @state() filter = ''
  @state() now = Date.now()
  #feed: StepFeed | undefined
  /** The sequence of an event to show once it has come. */
  #wanted: number | undefined
  readonly #player = new Player(this, (index) => this.#choose(index))

  protected override whileConnected(signal: AbortSignal): void {
    addEventListener('keydown', this.#onKey, { signal })
    const setNow = () => {
      this.now = Date.now()
    }
    every(1_000, setNow, signal)
    this.#read()
    signal.addEventListener('abort', () => this.#feed?.stop())
  }

  /** The shown steps: the recorded ones, and after the branch those of the copy. */
  get steps(): readonly InspectedStep[] {
    return this.#steps
  }
  #steps: readonly InspectedStep[] = []
  /** The indices of the steps that the filter leaves; `undefined`: all. */
  #listed: number[] | undefined

  get index(): number {
    return this.chosen ?? this.#steps.length - 1
  }

  get isLive(): boolean {
    return this.chosen === undefined && this.copy === undefined && this.#feed?.state === 'live'
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('route')) return
    this.#wanted = this.route.at
    this.#seek()
  }

  protected override render() {
    const state = this.#feed?.state
    if (typeof state === 'object')
      return html`
        ${crumbs('#/', words.backToList, words.path)}
        <section class="empty">
          <h1 tabindex="-1">${words.refused}</h1>
          <p>${state.refused}</p>
        </section>
      `
    const { steps, index } = this
    const listed = this.#listed
    const step = steps[index]
    return html`
      ${this.#head()}
      ${this.copy ? this.#copyBanner(this.copy) : nothing}
      <div class="panes">
        <section class="pane machine" aria-label=${words.drawing}>
          <inspector-machine
            .machine=${latest(steps, index, 'machine')}
            .step=${step}
            @drawn=${() => this.requestUpdate()}
          ></inspector-machine>
        </section>
        <section class="pane events" aria-labelledby="events-title">
          <header class="pane-head">
            <h2 id="events-title">
              ${listed ? words.eventsListed(listed.length, steps.length) : words.eventCount(steps.length)}
            </h2>
            <input class="field" type="search" aria-label=${words.filterEvents} placeholder=${words.filterEvents}
              spellcheck="false" .value=${this.filter} @input=${this.#onFilter}>
            ${this.#liveState()}
          </header>
          ${
            steps.length === 0
              ? html`<p class="hint alone">${state === 'live' ? words.noEvents : words.reading}</p>`
              : html`
                  <inspector-events
                    .steps=${steps}
                    .index=${index}
                    .listed=${listed}
                    .copiedFrom=${this.copy?.from}
                    @choose=${this.#onChoose}
                  ></inspector-events>
                `
          }
        </section>
        <section class="pane step" aria-label=${words.step} tabindex="0">
          ${this.isTrying ? this.#whatIf() : nothing}
          ${
            step
              ? html`
                  <inspector-step
                    .step=${step}
                    .previous=${steps[index - 1]}
                    .conversation=${this.route.id}
                    .isRevealed=${this.isRevealed}
                    .isCopied=${this.#isCopied(index)}
                    .now=${this.isLive ? this.now : undefined}
                  ></inspector-step>
                `
              : nothing
          }
        </section>
      </div>
      <inspector-transport
        role="group"
        aria-label=${words.play}
        .steps=${steps}
        .index=${index}
        .isPlaying=${this.#player.isPlaying}
        .speed=${this.#player.speed}
        @choose=${this.#onChoose}
        @play=${this.#player.playOrPause}
        @speed=${this.#player.setSpeed}
      ></inspector-transport>
      ${this.#revealDialog()}
    `
  }

  #head() {
    const status = latest(this.steps, this.index, 'status')
    const machine = latest(this.steps, this.index, 'machine')
    return html`<header class="conversation-head">
      <a class="button quiet icon" href="#/" aria-label=${words.backToList} title=${words.backToList}>${icons.back}</a>
      <h1 tabindex="-1">${this.route.id}</h1>
      ${status ? html`<span class="mark ${status.state}">${words.states[status.state]}</span>` : nothing}
      ${machine ? html`<span class="id">${machine}</span>` : nothing}
      <div class="actions">
        ${this.#revealButton()}
        <button type="button" class="button" aria-label=${words.export} title=${words.exportHelp}
          ?disabled=${this.#feed?.state !== 'live'}
          @click=${() => saveSteps(this.route.id, this.#feed?.steps ?? [])}
        >${icons.download}<span class="wide">${words.export}</span></button>
        <button
          type="button"
          class="button"
          aria-expanded=${this.isTrying ? 'true' : 'false'}
          ?disabled=${this.steps.length === 0}
          @click=${this.#toggleWhatIf}
        >${icons.branch}${words.whatIf}</button>
      </div>
    </header>`
  }

  #revealButton() {
    if (!this.isRevealed)
      return html`
        <button type="button" class="button" @click=${this.#askToReveal}>${icons.eye}${words.reveal}</button>
      `
    return html`
      <span class="mark warning">${words.revealed}</span>
      <button type="button" class="button" @click=${() => this.#reveal(false)}>
        ${icons.eyeOff}${words.mask}
      </button>
    `
  }

  /** Whether the page follows live, and the way back to that. */
  #liveState() {
    const state = this.#feed?.state
    if (this.copy) return nothing
    if (state === 'reading') return html`<span class="standing" role="status">${words.reading}</span>`
    if (state === 'reconnecting')
      return html`<span class="standing" role="status">${words.reconnecting}</span>`
    if (this.isLive)
      return html`<span class="standing live" role="status" title=${words.liveHelp}>${words.live}</span>`
    const behind = this.steps.length - 1 - this.index
    return html`<button type="button" class="button small" @click=${this.#goLive}>${words.goLive(behind)}</button>`
  }

  #copyBanner({ from }: Copy) {
    const seq = this.steps[from - 1]?.seq
    return html`<p class="copy-banner" role="status">
      ${icons.branch}<span>${seq === undefined ? words.whatIfFromStart : words.whatIfBanner(seq)}</span>
      <button type="button" class="button small" @click=${this.#discardCopy}>${words.discardCopy}</button>
    </p>`
  }

  #whatIf() {
    const { steps, index } = this
    const drawing = this.querySelector<InspectorMachine>('inspector-machine')?.drawing
    return html`
      <inspector-what-if
        .steps=${steps.slice(0, index + 1)}
        .heard=${heardIn(drawing, steps[index]?.active ?? [])}
        .sent=${this.copy?.events.length ?? 0}
        .isAsking=${this.isAsking}
        .refused=${this.refused}
        @what-if=${this.#send}
        @close=${this.#discardCopy}
      ></inspector-what-if>
    `
  }

  #revealDialog() {
    return dialog(
      'reveal',
      words.revealTitle,
      html`
        <form method="dialog">
          <p>${words.revealHelp}</p>
          <p class="actions end">
            <button class="button">${words.cancel}</button>
            <button class="button primary" @click=${() => this.#reveal(true)}>${words.revealNow}</button>
          </p>
        </form>
      `,
    )
  }

  #read(): void {
    this.#feed?.stop()
    this.#feed = new StepFeed(this.route.id, this.isRevealed, () => this.#onSteps())
    this.#feed.start()
  }

  #onSteps(): void {
    this.#joinSteps()
    this.#seek()
    this.requestUpdate()
  }

  /** Chooses the wanted event, once it has come. */
  #seek(): void {
    const wanted = this.#wanted
    const last = this.#steps.at(-1)
    if (wanted === undefined || !last || (last.seq < wanted && this.#feed?.state !== 'live')) return
    this.#wanted = undefined
    this.chosen = indexOfSeq(this.#steps, wanted)
  }

  #joinSteps(): void {
    const recorded = this.#feed?.steps ?? []
    const { copy } = this
    this.#steps = copy ? [...recorded.slice(0, copy.from), ...copy.steps] : recorded
    this.#listed = matching(this.#steps, this.filter)
  }

  #onFilter = ({ target }: Event): void => {
    this.filter = (target as HTMLInputElement).value
    this.#listed = matching(this.#steps, this.filter)
  }

  #isCopied(index: number): boolean {
    return this.copy !== undefined && index >= this.copy.from
  }

  #onChoose = ({ detail: index }: CustomEvent<number>): void => {
    this.#player.pause()
    this.#choose(index)
  }

  #choose(index: number): void {
    this.#wanted = undefined
    const last = this.steps.length - 1
    // The last step follows live.
    const isEnd = index >= last && this.#feed?.state === 'live' && !this.copy
    this.chosen = isEnd ? undefined : Math.max(0, Math.min(index, last))
    this.#storeAddress()
  }

  #goLive = (): void => {
    this.#choose(this.steps.length - 1)
  }

  /** Puts the shown event into the address; a page that follows live has none there. */
  #storeAddress(): void {
    const { hash } = location
    this.afterPause(addressPauseMs, () => {
      // A link was followed, and the page is not told yet.
      if (location.hash !== hash) return
      const sequence = this.chosen === undefined || this.copy ? undefined : this.steps[this.index]?.seq
      const link = linkTo({
        page: 'conversation',
        id: this.route.id,
        ...(sequence !== undefined && { at: sequence }),
      })
      history.replaceState(history.state, '', link)
    })
  }

  #askToReveal = (): void => {
    this.querySelector<HTMLDialogElement>('#reveal')?.showModal()
  }

  #reveal(isRevealed: boolean): void {
    this.#discardCopy()
    // Stay at the same event: the steps come again with other texts.
    this.#wanted = this.chosen === undefined ? undefined : this.steps[this.index]?.seq
    this.chosen = undefined
    this.isRevealed = isRevealed
    this.#read()
  }

  #toggleWhatIf = (): void => {
    if (this.isTrying) {
      this.#discardCopy()
      return
    }
    this.#player.pause()
    // New events must not replace the step that the copy begins from.
    this.chosen = this.index
    this.isTrying = true
  }

  /** Sends all events of the copy again: the gateway keeps none between two requests. */
  #send = async ({ detail: event }: CustomEvent<WhatIfEvent>): Promise<void> => {
    const { index, copy } = this
    // After going back within the copy, the events after that step are dropped.
    const start = copy && index >= copy.from - 1 ? copy.from : index + 1
    const earlier = copy && start === copy.from ? copy.events.slice(0, index + 1 - start) : []
    const events = [...earlier, event]
    this.isAsking = true
    const body = { after: this.steps[start - 1]?.seq ?? 0, events }
    const query = this.isRevealed ? '?reveal=1' : ''
    const path = `/v1/inspector/conversations/${encodeURIComponent(this.route.id)}/what-if${query}`
    const answer = await ask<WhatIfAnswer>('POST', path, { body })
    this.isAsking = false
    this.refused = answer.ok ? '' : words.failed(answer.error.message)
    if (!answer.ok || !this.isTrying) return
    this.copy = { from: start, events, steps: answer.value.steps }
    this.#joinSteps()
    this.chosen = this.steps.length - 1
  }

  #discardCopy = (): void => {
    const { copy } = this
    this.isTrying = false
    this.refused = ''
    this.copy = undefined
    this.#joinSteps()
    if (copy) this.chosen = Math.max(0, copy.from - 1)
    this.#storeAddress()
  }

  #onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    const path = event.composedPath().filter((target) => target instanceof Element)
    if (path.some((element) => element.matches('input, select, textarea, pre, dialog, frontdesk-machine')))
      return
    const isInList = path.some((element) => element.matches('inspector-events'))
    const isOnButton = path.some((element) => element.matches('button, summary, a'))
    const last = this.steps.length - 1
    const listed = isInList ? this.#listed : undefined
    const index = listed
      ? listedIndexByKey(event.key, this.index, listed)
      : indexByKey(event.key, this.index, last, isInList)
    if (index === undefined && (event.key !== ' ' || isOnButton)) return
    event.preventDefault()
    if (index === undefined) {
      this.#player.playOrPause()
      return
    }
    this.#player.pause()
    this.#choose(Math.max(0, Math.min(index, last)))
  }
}

customElements.define('inspector-conversation', InspectorConversation)
