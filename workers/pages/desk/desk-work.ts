import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { every, Part } from '../base/part.ts'
import './conversation/conversation-pane.ts'
import './desk-header.ts'
import './requests/request-list.ts'
import type { Alerts } from './alerts.ts'
import { columnsFor, visibleConversations } from './columns.ts'
import type { ConversationPane } from './conversation/conversation-pane.ts'
import type { DeskHeader } from './desk-header.ts'
import { words } from './language.ts'
import { nothingOpen } from './nothing-open.ts'
import { openTabs } from './open-tabs.ts'
import type { RequestList } from './requests/request-list.ts'
import type { DeskSession } from './state/desk-session.ts'
import { sections, standing } from './state/selectors.ts'

type Shortcut = 'help' | 'previous' | 'next' | 'list' | 'reply' | 'accept'

/** Shortcuts with Alt, by `KeyboardEvent.code`. */
const withAlt: Record<string, Shortcut> = {
  ArrowUp: 'previous',
  ArrowDown: 'next',
  KeyL: 'list',
  KeyM: 'reply',
  KeyA: 'accept',
}

/**
 * The desk of an agent who is signed in: its bar, the list of requests, and the conversations that are open. Its owner
 * requests an update when the session changes. The header's `sign-out` bubbles.
 */
export class DeskWork extends Part {
  @property({ attribute: false }) session!: DeskSession
  @property({ attribute: false }) alerts!: Alerts
  /** Whether signing out has failed. */
  @property({ attribute: false }) isStuck!: boolean
  /** The gateway's time, in epoch milliseconds. */
  @state() now = Date.now()
  /** How many conversations stand side by side; 0: one of them, or the list. */
  @state() columns = columnsFor(innerWidth)

  /** Ids of conversations in the order in which they had the focus, the latest last. */
  #recent: string[] = []

  protected override whileConnected(signal: AbortSignal): void {
    for (const type of ['online', 'offline', 'focus'])
      addEventListener(type, () => this.requestUpdate(), { signal })
    addEventListener('keydown', (event) => this.#onKey(event), { signal })
    addEventListener('popstate', () => this.#onBack(), { signal })
    addEventListener(
      'resize',
      () => {
        this.columns = columnsFor(innerWidth)
      },
      { signal },
    )
    const setNow = () => {
      if (!document.hidden) this.#setNow()
    }
    every(1000, setNow, signal)
  }

  /** Shows a conversation and focuses it. */
  open(id: string): void {
    const { session } = this
    if (this.columns === 0 && session.desk.focused === null) history.pushState({ desk: id }, '')
    this.#focused(id)
    session.open(id)
    void this.#afterUpdate(() => this.#pane(id)?.focus())
  }

  /** Updates once a frame: a transcript arrives in many of the gateway's frames. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise<unknown>((resolve) =>
      document.hidden ? setTimeout(resolve, 200) : requestAnimationFrame(resolve),
    )
    await super.scheduleUpdate()
  }

  protected override willUpdate(): void {
    if (this.hasUpdated) return
    this.#setNow()
    this.#recent = [...this.session.desk.tabs]
  }

  protected override updated(): void {
    if (document.hasFocus()) for (const id of this.#visible()) this.session.markSeen(id)
  }

  protected override render() {
    const { session } = this
    const { desk, me } = session
    const visible = this.#visible()
    const isPhone = this.columns === 0
    const isListShown = !isPhone || visible.length === 0
    const trouble = this.#connectionProblem()
    return html`
      ${
        isListShown
          ? html`<desk-header
              .agent=${desk.agent?.name ?? me.name}
              .workspace=${desk.workspace}
              .workspaces=${me.workspaces}
              .isStuck=${this.isStuck}
              .alerts=${this.alerts}
            ></desk-header>`
          : nothing
      }
      <p class="trouble" role="status" ?hidden=${!trouble}>${trouble}</p>
      <main class="desk ${isPhone ? 'phone' : ''}">
        ${
          isListShown
            ? html`<nav aria-label=${words.requests}>
                <desk-request-list
                  .desk=${desk}
                  .now=${this.now}
                  @pick=${(event: CustomEvent<string>) => this.open(event.detail)}
                ></desk-request-list>
              </nav>`
            : html`<h1 class="visually-hidden">${words.title}</h1>`
        }
        ${isPhone && isListShown ? nothing : this.#panes(visible)}
      </main>
    `
  }

  #panes(visible: string[]) {
    const { session } = this
    const { desk } = session
    const isPhone = this.columns === 0
    const hasTabs = !isPhone && desk.tabs.length > this.columns
    return html`<div class="work">
      ${hasTabs ? openTabs(desk, visible, (id) => this.open(id)) : nothing}
      <div class="columns">
        ${repeat(
          visible,
          (id) => id,
          (id) =>
            html`<desk-conversation
              data-id=${id}
              .session=${session}
              .desk=${desk}
              .conversationId=${id}
              .now=${this.now}
              .isAlone=${isPhone}
              .isFocused=${visible.length > 1 && id === desk.focused}
              @focusin=${() => this.#focused(id)}
              @leave=${() => this.#leave()}
              @close=${() => this.#close(id)}
              @pick=${(event: CustomEvent<string>) => this.open(event.detail)}
            ></desk-conversation>`,
        )}
        ${visible.length === 0 ? nothingOpen(desk, this.now, (id) => this.open(id)) : nothing}
      </div>
    </div>`
  }

  #visible(): string[] {
    return visibleConversations(this.session.desk, this.columns, this.#recent)
  }

  #connectionProblem(): string {
    const { session } = this
    if (!navigator.onLine) return words.offline
    if (session.isUnavailable) return words.unavailable
    return session.hasBeenOpen && session.connection !== 'open' ? words.reconnecting : ''
  }

  #setNow(): void {
    this.now = Date.now() + this.session.me.clockOffsetMs
  }

  #close(id: string): void {
    this.session.close(id)
    void this.#afterUpdate(() => {
      const next = this.session.desk.focused
      if (next) this.#pane(next)?.focus()
      else this.#list()?.focus()
    })
  }

  #focused(id: string): void {
    this.#recent = [...this.#recent.filter((recent) => recent !== id), id]
    this.session.focus(id)
  }

  /** Goes back to the list on a phone, also in the browser's history. */
  #leave(): void {
    if ((history.state as { desk?: string } | null)?.desk) history.back()
    else this.#onBack()
  }

  #onBack(): void {
    if (this.columns > 0) return
    this.session.focus(null)
    void this.#afterUpdate(() => this.#list()?.focus())
  }

  #onKey(event: KeyboardEvent): void {
    const shortcut = shortcutOf(event)
    const { desk } = this.session
    const { focused } = desk
    switch (shortcut) {
      case undefined:
        return
      case 'help':
        this.querySelector<DeskHeader>('desk-header')?.showHelp()
        return
      case 'previous':
      case 'next':
        this.#step(shortcut === 'next' ? 1 : -1)
        break
      case 'list':
        if (this.columns === 0) this.#leave()
        else this.#list()?.focus()
        break
      case 'accept':
        if (focused === null || standing(desk, focused) !== 'waiting') break
        this.session.accept(focused)
        this.#pane(focused)?.focus()
        break
      case 'reply':
        if (focused !== null) this.#pane(focused)?.focus()
    }
    event.preventDefault()
  }

  /** Opens the next or previous conversation: those in tabs, then the agent's others. */
  #step(step: 1 | -1): void {
    const { desk } = this.session
    const mine = sections(desk).mine.map(({ conversation }) => conversation)
    const ids = [...new Set([...desk.tabs, ...mine])]
    const index = ids.indexOf(desk.focused ?? '')
    const next = ids.at((index < 0 && step < 0 ? 0 : index + step) % ids.length)
    if (next !== undefined) this.open(next)
  }

  async #afterUpdate(action: () => void): Promise<void> {
    await this.updateComplete
    await this.#pane(this.session.desk.focused ?? '')?.updateComplete
    action()
  }

  #pane(id: string): ConversationPane | null {
    return this.querySelector(`desk-conversation[data-id="${CSS.escape(id)}"]`)
  }

  #list(): RequestList | null {
    return this.querySelector('desk-request-list')
  }
}

/** The desk's shortcut that a key press stands for. */
function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  const isWriting = event
    .composedPath()
    .some((target) => target instanceof HTMLElement && target.matches('textarea, input'))
  if (event.key === '?' && !isWriting) return 'help'
  if (!event.altKey || event.ctrlKey || event.metaKey) return undefined
  return withAlt[event.code]
}

customElements.define('desk-work', DeskWork)
