import { html, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Kind } from '../../../schemas/configuration/document.ts'
import { icons } from '../base/icons.ts'
import { empty, pageHead } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { words } from './language.ts'
import { newDialog } from './new-dialog.ts'
import { linkTo, pageOf } from './route.ts'
import type { StoredConfiguration } from './stored.ts'

/** The number of documents that makes a search useful. */
const searchFrom = 10

interface Listed {
  name?: string
  problems?: readonly unknown[]
}

/** All documents of a kind, with a search where they are many, and the button for a new one. */
export abstract class DocumentList<T extends Listed> extends Part {
  @property({ attribute: false }) stored!: StoredConfiguration
  @state() search = ''
  @state() idError = ''
  protected abstract readonly kind: Kind
  protected abstract readonly texts: {
    title: string
    lead: string
    create: string
    none: string
    noneHelp: string
    /** The button's text where there is none yet. */
    createFirst?: string
  }
  /** The id that a new document is offered. */
  protected get suggestion(): string {
    return ''
  }
  /** More actions: beside the button for a new document, and while there is none yet. */
  protected readonly more: { beside?: TemplateResult; first?: TemplateResult } = {}

  protected abstract documents(stored: StoredConfiguration): ReadonlyMap<string, T>
  protected abstract table(rows: unknown): TemplateResult
  /** The cells after the name. */
  protected abstract cells(document: T, id: string): TemplateResult

  protected override render() {
    const { texts, more } = this
    const documents = this.documents(this.stored)
    const isEmpty = documents.size === 0
    const label = isEmpty && texts.createFirst ? texts.createFirst : texts.create
    const create = html`<button class="button primary" @click=${this.#create}>${icons.plus}${label}</button>`
    return html`
      ${pageHead(
        texts.title,
        texts.lead,
        isEmpty ? nothing : html`<div class="actions">${more.beside ?? nothing}${create}</div>`,
      )}
      ${
        isEmpty
          ? empty(texts.none, texts.noneHelp, html`${create}${more.first ?? more.beside ?? nothing}`)
          : html`${documents.size < searchFrom ? nothing : this.#searchField()}${this.table(this.#rows(documents))}`
      }
      ${newDialog(this.kind, [...documents.keys()], this.suggestion, {
        error: this.idError,
        setError: (error) => {
          this.idError = error
        },
      })}
    `
  }

  #searchField() {
    return html`
      <input
        class="field search"
        type="search"
        aria-label=${words.search}
        placeholder=${words.search}
        @input=${(event: Event) => {
          this.search = (event.target as HTMLInputElement).value.trim().toLowerCase()
        }}
      >
    `
  }

  #rows(documents: ReadonlyMap<string, T>) {
    const isFound = (text: string) => text.toLowerCase().includes(this.search)
    return [...documents]
      .filter(([id, { name = '' }]) => isFound(id) || isFound(name))
      .map(
        ([id, document]) => html`
          <tr>
            <th scope="row">
              <a href=${linkTo(pageOf(this.kind), id)}>${document.name || id}</a>
              <span class="id">${id}</span>
              ${document.problems ? html`<span class="mark warning">${words.notInForceMark}</span>` : nothing}
            </th>
            ${this.cells(document, id)}
          </tr>
        `,
      )
  }

  #create = (): void => {
    this.querySelector<HTMLDialogElement>('dialog')?.showModal()
  }
}
