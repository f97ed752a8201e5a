import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Channel, Response } from '../../../../schemas/configuration/channel.ts'
import type { Localized } from '../../../../schemas/configuration/localized.ts'
import { type ChannelFieldType, channelFieldTypeNames, fieldTypes } from '../../../../schemas/field-types.ts'
import { select } from '../../base/field.ts'
import { iconButton, icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import type { Path } from '../draft.ts'
import type { Editing } from '../editing.ts'
import { documentField, fieldError, fieldId, problemsAt, textField } from '../editor-parts.ts'
import { texts, words } from '../language.ts'
import { idFrom } from '../new-dialog.ts'
import { languagesOf, textOf, withText } from './texts/text-languages.ts'

type Detail = NonNullable<Response['customerDetails']>[number]
type Custom = Exclude<Detail, string>

/** The details that customers are asked for, in their order. */
class AdminDetails extends Part {
  @property({ attribute: false }) editing!: Editing<Channel>
  @property({ attribute: false }) path!: Path
  @property({ attribute: false }) details: Detail[] | undefined
  @property({ attribute: false }) problems: unknown
  /** The last move, for screen readers. */
  @state() said = ''
  /** The rows that show their fields, by key. */
  @state() opened: ReadonlySet<number> = new Set()
  /** Rows keep their elements, and the focus with them, when they change places. */
  readonly #keys: number[] = []
  #nextKey = 0

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
          ${(['name', 'email'] as const)
            .filter((detail) => !list.includes(detail))
            .map((detail) => this.#adder(texts.detailLabels[detail], detail))}
          ${this.#adder(words.customField, { id: '', label: '', type: 'text' })}
        </div>
        <p class="visually-hidden" role="status">${this.said}</p>
      </div>
    `
  }

  #adder(label: string, detail: Detail) {
    return html`
      <button type="button" class="chip add" @click=${() => this.#add(detail)}>${icons.plus}${label}</button>
    `
  }

  #row(detail: Detail, index: number) {
    const path = [...this.path, index]
    const wrong = problemsAt(this.editing, path, true).length > 0
    const key = this.#keys[index] as number
    const isOpen = wrong || this.opened.has(key)
    const onKey = (event: KeyboardEvent) => {
      if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
      event.preventDefault()
      this.#move(index, event.key === 'ArrowUp' ? -1 : 1)
    }
    return html`
      <li class="detail" data-wrong=${wrong} id=${fieldId(path)} tabindex="-1" @keydown=${onKey}>
        ${this.#head(detail, index, key, isOpen)} ${fieldError(this.editing, path)}
        ${typeof detail === 'string' || !isOpen ? nothing : this.#custom(detail, path)}
      </li>
    `
  }

  #head(detail: Detail, index: number, key: number, isOpen: boolean) {
    const name = nameOf(detail)
    const isLast = index === this.#list.length - 1
    const move = (offset: -1 | 1) => ({
      press: () => this.#move(index, offset),
      key: offset < 0 ? 'Alt+↑' : 'Alt+↓',
    })
    return html`
      <div class="detail-head">
        ${
          typeof detail === 'string'
            ? html`<span class="detail-name">${name}</span>`
            : html`
                <button
                  type="button"
                  class="detail-name"
                  aria-expanded=${isOpen}
                  @click=${() => this.#toggle(key)}
                >
                  <span>${name || words.customField}</span>
                  <span class="visually-hidden">, ${words.editField}</span>
                  <span class="muted">${texts.fieldTypeLabels[detail.type]}</span>
                </button>
              `
        }
        ${iconButton(icons.up, words.moveUp(name), { ...move(-1), isOff: index === 0 })}
        ${iconButton(icons.down, words.moveDown(name), { ...move(1), isOff: isLast })}
        ${iconButton(icons.close, words.removeNamed(name), { press: () => this.#remove(index) })}
      </div>
    `
  }

  #custom(field: Custom, path: Path) {
    const edit = (change: Partial<Custom>) => this.editing.edit(path, { ...field, ...change })
    const input = (name: 'label' | 'id', label: string, change: (value: string) => Partial<Custom>) =>
      textField(this.editing, [...path, name], shown(field[name]), {
        label,
        edit: (text) => edit(change(text)),
      })
    const chooseType = (type: ChannelFieldType) => {
      const { options: _, ...rest } = field
      this.editing.edit(path, { ...rest, type })
    }
    return html`
      <div class="custom">
        ${input('label', words.fields.label, (label) =>
          // The id follows the label until it is set by hand.
          field.id === idFrom(shown(field.label))
            ? { label: inFirst(field.label, label), id: idFrom(label) }
            : { label: inFirst(field.label, label) },
        )}
        <div class="two">
          ${documentField(this.editing, [...path, 'type'], { label: words.fields.type }, ({ id }) =>
            select<ChannelFieldType>({
              id,
              value: field.type,
              options: channelFieldTypeNames.map((type) => [type, texts.fieldTypeLabels[type]] as const),
              choose: chooseType,
            }),
          )}
          ${input('id', words.id, (id) => ({ id }))}
        </div>
        ${fieldTypes[field.type].hasOptions ? this.#options(field, path) : nothing}
      </div>
    `
  }

  #options(field: Custom, path: Path) {
    const optionsPath = [...path, 'options']
    const edit = (lines: string[]) =>
      this.editing.edit(
        optionsPath,
        lines.length > 0 ? lines.map((line, index) => inFirst(field.options?.[index], line)) : undefined,
      )
    const linesOf = (event: Event) => (event.target as HTMLTextAreaElement).value.split('\n')
    return documentField(
      this.editing,
      optionsPath,
      { label: words.fields.options, hint: words.optionsHint, isWhole: true },
      ({ id, invalid, describedBy }) => html`
        <textarea
          class="field"
          id=${id}
          rows="3"
          .value=${live((field.options ?? []).map(shown).join('\n'))}
          aria-invalid=${invalid}
          aria-describedby=${describedBy}
          @input=${(event: Event) => edit(linesOf(event))}
          @change=${(event: Event) => {
            const lines = linesOf(event).map((line) => line.trim())
            edit(lines.filter(Boolean))
          }}
        ></textarea>
      `,
    )
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
    const rest = this.#list.filter((_, place) => place !== index)
    this.editing.edit(this.path, rest.length > 0 ? rest : undefined)
    if (rest.length > 0) return this.#focus(Math.min(index, rest.length - 1), '')
    await this.#settled()
    this.querySelector<HTMLElement>('.adders button')?.focus()
  }

  #move(index: number, offset: -1 | 1): void {
    const target = index + offset
    const list = [...this.#list]
    const [detail] = list.splice(index, 1)
    if (detail === undefined || target < 0 || target > list.length) return
    list.splice(target, 0, detail)
    const [key = 0] = this.#keys.splice(index, 1)
    this.#keys.splice(target, 0, key)
    this.said = words.movedTo(nameOf(detail), target + 1, list.length)
    this.editing.edit(this.path, list)
    const focused = (this.page.activeElement as HTMLElement | null)?.getAttribute('aria-label')
    void this.#settled().then(() => {
      // The button that did it may be off now, at either end.
      const row = this.querySelector<HTMLElement>(`[id="${fieldId([...this.path, target])}"]`)
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

  /** The list comes back from the surrounding editor. */
  async #settled(): Promise<void> {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    await this.updateComplete
  }
}

/** The text that is shown of one in several languages. */
function shown(text: Localized): string {
  return textOf(text, languagesOf(text)[0]) ?? ''
}

function inFirst(text: Localized | undefined, value: string): Localized {
  return withText(text, languagesOf(text)[0], value) ?? ''
}

function nameOf(detail: Detail): string {
  return typeof detail === 'string' ? texts.detailLabels[detail] : shown(detail.label) || detail.id
}

customElements.define('admin-details', AdminDetails)
