import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { isComposing } from '../../base/keys.ts'
import { Part } from '../../base/part.ts'
import { words } from '../language.ts'
import { folded } from '../replies/matching.ts'

/** Something that the agent can do, or a place to go to. */
export interface DeskCommand {
  label: string
  /** More that it is found by, and shown beside it. */
  more?: string | undefined
  keys?: readonly string[] | undefined
  run(): void
}

/** The most commands that are listed at a time. */
const listedMax = 30

/** Finds what an agent can do, by the keyboard. `open` shows it over the page. */
export class DeskPalette extends Part {
  @property({ attribute: false }) commands!: () => DeskCommand[]
  @state() query = ''
  @state() active = 0
  @state() isOpen = false
  /** All commands as of its opening. */
  #all: DeskCommand[] = []

  open(): void {
    this.#all = this.commands()
    this.query = ''
    this.active = 0
    this.isOpen = true
    void this.updateComplete.then(() => this.#dialog?.showModal())
  }

  protected override updated(): void {
    this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }

  protected override render() {
    if (!this.isOpen) return nothing
    const found = this.#found()
    return html`<dialog class="palette" aria-label=${words.palette} @close=${this.#closed} @click=${this.#onBackdrop}>
      <input
        type="text"
        role="combobox"
        autofocus
        autocomplete="off"
        spellcheck="false"
        aria-label=${words.paletteHint}
        placeholder=${words.paletteHint}
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls="commands"
        aria-activedescendant=${found.length > 0 ? `command-${this.active}` : nothing}
        .value=${live(this.query)}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
      />
      <ul id="commands" role="listbox" aria-label=${words.palette}>
        ${found.map(
          ({ label, more, keys }, n) => html`<li
            id="command-${n}"
            role="option"
            aria-selected=${n === this.active ? 'true' : 'false'}
            @click=${() => this.#run(n)}
          >
            <span class="command" dir="auto">${label}</span>
            ${more ? html`<span class="hint" dir="auto">${more}</span>` : nothing}
            ${keys ? html`<span class="keys" aria-hidden="true">${keys.map((key) => html`<kbd>${key}</kbd>`)}</span>` : nothing}
          </li>`,
        )}
      </ul>
      <p class="hint none" role="status">${found.length === 0 ? words.nothingFound : nothing}</p>
    </dialog>`
  }

  /** Each word of the query is in the command's. */
  #found(): DeskCommand[] {
    const wanted = folded(this.query).split(/\s+/)
    return this.#all
      .filter(({ label, more = '' }) => {
        const text = folded(`${label} ${more}`)
        return wanted.every((word) => text.includes(word))
      })
      .slice(0, listedMax)
  }

  #onInput = (event: Event): void => {
    this.query = (event.target as HTMLInputElement).value
    this.active = 0
  }

  #onKey = (event: KeyboardEvent): void => {
    if (isComposing(event)) return
    const count = this.#found().length
    if (event.key === 'ArrowDown') this.active = (this.active + 1) % Math.max(count, 1)
    else if (event.key === 'ArrowUp') this.active = (this.active + count - 1) % Math.max(count, 1)
    else if (event.key === 'Enter') this.#run(this.active)
    else return
    event.preventDefault()
  }

  #run(n: number): void {
    const command = this.#found()[n]
    if (!command) return
    // The dialog gives the focus back before the command moves it on.
    this.#dialog?.close()
    command.run()
  }

  #closed = (): void => {
    this.isOpen = false
  }

  #onBackdrop = (event: Event): void => {
    if (event.target === this.#dialog) this.#dialog?.close()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.querySelector('dialog')
  }
}

customElements.define('desk-palette', DeskPalette)
