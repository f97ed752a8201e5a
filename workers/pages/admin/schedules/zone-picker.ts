import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { Schedule } from '../../../../schemas/configuration/schedule.ts'
import { isComposing } from '../../base/keys.ts'
import { every, Part } from '../../base/part.ts'
import type { Editing } from '../editing.ts'
import { errorOf, fieldId } from '../editor-parts.ts'
import { locale, words } from '../language.ts'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
const shownMax = 50

/** A zone of the tz database, searched by its name; each shows its present time. */
class AdminZone extends Part {
  @property({ attribute: false }) editing!: Editing<Schedule>
  @property() zone!: string
  @property({ attribute: false }) problems: unknown
  /** The search; `undefined`: the list is closed. */
  @state() typed: string | undefined
  @state() active = 0
  @state() now = Date.now()

  protected override whileConnected(signal: AbortSignal): void {
    const setNow = () => {
      this.now = Date.now()
    }
    every(10_000, setNow, signal)
  }

  get #found(): string[] {
    const wanted = plain(this.typed ?? '')
    if (wanted === '') return [this.zone, ...zones.filter((zone) => zone !== this.zone)].slice(0, shownMax)
    return zones.filter((zone) => plain(zone).includes(wanted)).slice(0, shownMax)
  }

  protected override render() {
    const path = ['timeZone']
    const id = fieldId(path)
    const error = errorOf(this.editing, path)
    const isOpen = this.typed !== undefined
    const found = isOpen ? this.#found : []
    return html`
      <div class="combobox">
        <input
          class="field"
          id=${id}
          role="combobox"
          aria-expanded=${isOpen}
          aria-controls="${id}-list"
          aria-autocomplete="list"
          aria-activedescendant=${isOpen && found.length > 0 ? `${id}-${this.active}` : nothing}
          aria-invalid=${error ? 'true' : 'false'}
          aria-describedby="${error ? `${id}-error ` : ''}${id}-now"
          .value=${live(this.typed ?? this.zone)}
          autocomplete="off"
          spellcheck="false"
          autocapitalize="none"
          placeholder=${isOpen ? this.zone : ''}
          @input=${(event: Event) => {
            this.typed = (event.target as HTMLInputElement).value
            this.active = 0
          }}
          @click=${() => this.#open()}
          @keydown=${this.#key}
          @blur=${this.#leave}
        >
        <ul class="options" id="${id}-list" role="listbox" aria-label=${words.timeZone} ?hidden=${!isOpen}>
          ${found.map(
            (zone, index) => html`
              <li role="option" id="${id}-${index}" aria-selected=${index === this.active} @pointerdown=${(
                event: Event,
              ) => {
                // Before the field loses the focus.
                event.preventDefault()
                this.#choose(zone)
              }}><span>${zone.replaceAll('_', ' ')}</span><span class="muted">${clockIn(zone, this.now)}</span></li>
            `,
          )}
          ${isOpen && found.length === 0 ? html`<li class="none" role="option" aria-selected="false" aria-disabled="true">${words.noZone}</li>` : nothing}
        </ul>
      </div>
      <p class="hint" id="${id}-now">${isZone(this.zone) ? words.timeThere(clockIn(this.zone, this.now)) : ''}</p>
    `
  }

  #open(): void {
    if (this.typed !== undefined) return
    this.typed = ''
    this.active = 0
    void this.#scroll()
  }

  #choose(zone: string): void {
    this.typed = undefined
    this.editing.edit(['timeZone'], zone)
  }

  #leave = (): void => {
    const typed = this.typed?.trim()
    this.typed = undefined
    // The engine judges a zone that is not in the list: it knows old names, too.
    if (typed) this.editing.edit(['timeZone'], zones.find((zone) => plain(zone) === plain(typed)) ?? typed)
  }

  #key = (event: KeyboardEvent): void => {
    if (isComposing(event)) return
    const last = this.#found.length - 1
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (this.typed === undefined) {
        this.#open()
        return
      }
      const next = this.active + (event.key === 'ArrowDown' ? 1 : -1)
      this.active = Math.min(Math.max(next, 0), Math.max(last, 0))
      void this.#scroll()
    } else if (event.key === 'Enter' && this.typed !== undefined) {
      event.preventDefault()
      const zone = this.#found[this.active]
      if (zone) this.#choose(zone)
    } else if (event.key === 'Escape' && this.typed !== undefined) {
      event.preventDefault()
      this.typed = undefined
    }
  }

  async #scroll(): Promise<void> {
    await this.updateComplete
    this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }
}

/** As people type: without accents, capitals and underscores. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[_\s]+/g, ' ')
    .trim()
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** `Monday 14:05` */
function clockIn(timeZone: string, now: number): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'shortOffset',
  }).format(now)
}

customElements.define('admin-zone', AdminZone)
