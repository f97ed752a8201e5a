import { html, nothing } from 'lit'
import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Channel, Response } from '../../../../schemas/configuration/channel.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import type { Path } from '../draft.ts'
import type { Editing } from '../editing.ts'
import { described, fieldError, fieldId, problemsAt } from '../editor-parts.ts'
import { words } from '../language.ts'
import { idFrom } from '../new-dialog.ts'

type Detail = NonNullable<Response['customerDetails']>[number]
type Custom = Exclude<Detail, string>

/** The details that customers are asked for, in their order. */
class AdminDetails extends Part {
  static override properties = {
    editing: { attribute: false },
    path: { attribute: false },
    details: { attribute: false },
    problems: { attribute: false },
    said: { state: true },
    opened: { state: true },
  }
  declare editing: Editing<Channel>
  declare path: Path
  declare details: Detail[] | undefined
  declare problems: unknown
  /** The last move, for those who do not see it. */
  declare said: string
  /** The rows that show their fields, by key. */
  declare opened: ReadonlySet<number>
  /** Rows keep their elements, and the focus with them, when they change places. */
  readonly #keys: number[] = []
  #nextKey = 0

  constructor() {
    super()
    this.said = ''
    this.opened = new Set()
  }

  get #list(): Detail[] {
    return this.details ?? []
  }

  protected override render() {
    const list = this.#list
    while (this.#keys.length < list.length) this.#keys.push(this.#nextKey++)
    this.#keys.length = list.length
    const title = `${fieldId(this.path)}-title`
    return html`
      <div class="row" role="group" aria-labelledby=${title} id=${fieldId(this.path)} tabindex="-1">
        <div class="label-line">
          <span class="label" id=${title}>${words.customerDetails}</span>
          ${list.length === 0 ? html`<span class="mark">${words.default}</span>` : nothing}
        </div>
        ${
          list.length === 0
            ? html`<p class="hint">${words.nothingAskedHint}</p>`
            : html`<ol class="details">${repeat(
                list,
                (_, index) => this.#keys[index],
                (detail, index) => this.#row(detail, index),
              )}</ol>`
        }
        ${fieldError(this.editing, this.path)}
        <div class="adders">
          ${(['name', 'email'] as const).map((one) =>
            list.includes(one)
              ? nothing
              : html`<button type="button" class="chip add" @click=${() => this.#add(one)}>${icons.plus}${words.details[one]}</button>`,
          )}
          <button type="button" class="chip add" @click=${() => this.#add({ id: '', label: '', type: 'text' })}>${icons.plus}${words.customField}</button>
        </div>
        <p class="visually-hidden" role="status">${this.said}</p>
      </div>
    `
  }

  #row(detail: Detail, index: number) {
    const name = nameOf(detail)
    const path = [...this.path, index]
    const isLast = index === this.#list.length - 1
    const wrong = problemsAt(this.editing, path, true).length > 0
    const key = this.#keys[index] as number
    const isOpen = wrong || this.opened.has(key)
    return html`
      <li class="detail" data-wrong=${wrong} id=${fieldId(path)} tabindex="-1" @keydown=${(
        event: KeyboardEvent,
      ) => {
        if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
        event.preventDefault()
        this.#move(index, event.key === 'ArrowUp' ? -1 : 1)
      }}>
        <div class="detail-head">
          ${
            typeof detail === 'string'
              ? html`<span class="detail-name">${name}</span>`
              : html`<button type="button" class="detail-name" aria-expanded=${isOpen} @click=${() => this.#toggle(key)}>
                  <span>${name || words.customField}</span><span class="visually-hidden">, ${words.editField}</span><span class="muted">${words.fieldTypes[detail.type]}</span>
                </button>`
          }
          <button type="button" class="button quiet icon" ?disabled=${index === 0} aria-label=${words.moveUp(name)} title="${words.moveUp(name)} (Alt+↑)" aria-keyshortcuts="Alt+ArrowUp" @click=${() => this.#move(index, -1)}>${icons.up}</button>
          <button type="button" class="button quiet icon" ?disabled=${isLast} aria-label=${words.moveDown(name)} title="${words.moveDown(name)} (Alt+↓)" aria-keyshortcuts="Alt+ArrowDown" @click=${() => this.#move(index, 1)}>${icons.down}</button>
          <button type="button" class="button quiet icon" aria-label=${words.removeNamed(name)} title=${words.removeNamed(name)} @click=${() => this.#remove(index)}>${icons.close}</button>
        </div>
        ${fieldError(this.editing, path)}
        ${typeof detail === 'string' || !isOpen ? nothing : this.#custom(detail, path)}
      </li>
    `
  }

  #custom(field: Custom, path: Path) {
    const edit = (change: Partial<Custom>) => this.editing.edit(path, { ...field, ...change })
    const input = (name: 'label' | 'id', label: string, change: (value: string) => Partial<Custom>) => {
      const { invalid, by } = described(this.editing, [...path, name])
      const id = fieldId([...path, name])
      return html`
        <div class="row">
          <label for=${id}>${label}</label>
          <input class="field" id=${id} .value=${live(field[name])} autocomplete="off" spellcheck=${name === 'label'} autocapitalize=${name === 'id' ? 'none' : 'sentences'}
            aria-invalid=${invalid} aria-describedby=${by}
            @input=${(event: Event) => edit(change((event.target as HTMLInputElement).value))}>
          ${fieldError(this.editing, [...path, name])}
        </div>
      `
    }
    const type = fieldId([...path, 'type'])
    return html`
      <div class="custom">
        ${input('label', words.fields.label, (label) =>
          // The id follows the label until it was set by hand.
          field.id === idFrom(field.label) ? { label, id: idFrom(label) } : { label },
        )}
        <div class="two">
          <div class="row">
            <label for=${type}>${words.fields.type}</label>
            <select class="field" id=${type} @change=${(event: Event) => {
              const { options: _, ...rest } = field
              const value = (event.target as HTMLSelectElement).value as Custom['type']
              this.editing.edit(path, { ...rest, type: value })
            }}>
              ${(['text', 'select'] as const).map((one) => html`<option value=${one} .selected=${field.type === one}>${words.fieldTypes[one]}</option>`)}
            </select>
          </div>
          ${input('id', words.id, (id) => ({ id }))}
        </div>
        ${field.type === 'select' ? this.#options(field, path) : nothing}
      </div>
    `
  }

  #options(field: Custom, path: Path) {
    const at = [...path, 'options']
    const { by } = described(this.editing, at, `${fieldId(at)}-hint`)
    const isWrong = problemsAt(this.editing, at, true).length > 0
    const edit = (lines: string[]) => this.editing.edit(at, lines.length > 0 ? lines : undefined)
    const linesOf = (event: Event) => (event.target as HTMLTextAreaElement).value.split('\n')
    return html`
      <div class="row">
        <label for=${fieldId(at)}>${words.fields.options}</label>
        <textarea class="field" id=${fieldId(at)} rows="3" .value=${live((field.options ?? []).join('\n'))}
          aria-invalid=${isWrong ? 'true' : 'false'} aria-describedby=${by}
          @input=${(event: Event) => edit(linesOf(event))}
          @change=${(event: Event) =>
            edit(
              linesOf(event)
                .map((line) => line.trim())
                .filter(Boolean),
            )}></textarea>
        <p class="hint" id="${fieldId(at)}-hint">${words.optionsHint}</p>
        ${fieldError(this.editing, at, true)}
      </div>
    `
  }

  #toggle(key: number): void {
    const opened = new Set(this.opened)
    if (!opened.delete(key)) opened.add(key)
    this.opened = opened
  }

  #add(detail: Detail): void {
    const index = this.#list.length
    if (typeof detail !== 'string') this.opened = new Set([...this.opened, this.#nextKey])
    this.editing.edit(this.path, [...this.#list, detail])
    void this.#focus(index, typeof detail === 'string' ? '' : 'label')
  }

  async #remove(index: number): Promise<void> {
    this.said = words.removed(nameOf(this.#list[index] as Detail))
    this.#keys.splice(index, 1)
    const rest = this.#list.filter((_, at) => at !== index)
    this.editing.edit(this.path, rest.length > 0 ? rest : undefined)
    if (rest.length > 0) return this.#focus(Math.min(index, rest.length - 1), '')
    await this.#settled()
    this.querySelector<HTMLElement>('.adders button')?.focus()
  }

  #move(index: number, by: -1 | 1): void {
    const to = index + by
    const list = [...this.#list]
    const [detail] = list.splice(index, 1)
    if (detail === undefined || to < 0 || to > list.length) return
    list.splice(to, 0, detail)
    const [key = 0] = this.#keys.splice(index, 1)
    this.#keys.splice(to, 0, key)
    this.said = words.movedTo(nameOf(detail), to + 1, list.length)
    this.editing.edit(this.path, list)
    const focused = (this.page.activeElement as HTMLElement | null)?.getAttribute('aria-label')
    void this.#settled().then(() => {
      // The button that did it may be off now, at either end.
      const row = this.querySelector<HTMLElement>(`[id="${fieldId([...this.path, to])}"]`)
      const same = [...(row?.querySelectorAll('button') ?? [])].find(
        (button) => button.getAttribute('aria-label') === focused && !button.disabled,
      )
      ;(same ?? row?.querySelector<HTMLElement>('button:not(:disabled)'))?.focus()
    })
  }

  async #focus(index: number, field: string): Promise<void> {
    await this.#settled()
    const path = [...this.path, index, ...(field ? [field] : [])]
    const element = this.querySelector<HTMLElement>(`[id="${fieldId(path)}"]`)
    ;(field ? element : element?.querySelector<HTMLElement>('button:not(:disabled)'))?.focus()
  }

  /** The list comes back from the editor around this one. */
  async #settled(): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    await this.updateComplete
  }
}

function nameOf(detail: Detail): string {
  return typeof detail === 'string' ? words.details[detail] : detail.label || detail.id
}

customElements.define('admin-details', AdminDetails)
