import { html, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Kind } from '../../../schemas/configuration/document.ts'
import { confirmation } from '../base/banner.ts'
import { Part } from '../base/part.ts'
import type { Editing } from './editing.ts'
import type { FieldTexts } from './editor-parts.ts'
import { words } from './language.ts'
import { beginnings } from './new-dialog.ts'
import { linkTo, pageOf } from './route.ts'
import type { StoredConfiguration } from './stored.ts'
import './history/document-history.ts'

/** One document that is edited: saving, deleting and leaving it are the same whatever it is. */
export abstract class DocumentEditor<T extends { id: string }> extends Part {
  @property({ attribute: false }) stored!: StoredConfiguration
  @property({ attribute: false }) refresh!: () => Promise<void>
  @state() isDeleting = false
  /** Made with the first properties. */
  protected editing!: Editing<T>
  protected abstract readonly kind: Kind

  protected override whileConnected(signal: AbortSignal): void {
    addEventListener('keydown', this.#shortcut, { signal })
  }

  save = (): void => {
    if (this.editing.isChanged) void this.#save()
  }

  /** Leads back to all documents of the kind. */
  protected leave(): void {
    this.editing.discard()
    location.hash = linkTo(pageOf(this.kind))
  }

  /** Focuses the title, after the focused element is gone. */
  protected toTop = (): void => void this.focusLater('h1')

  /** The earlier versions. */
  protected history(texts: FieldTexts): TemplateResult {
    const { editing } = this
    return html`
      <admin-history
        .editing=${editing}
        .texts=${texts}
        .document=${editing.document}
        .revision=${editing.draft.base?.revision}
        @restored=${this.toTop}
      ></admin-history>
    `
  }

  /** @param effect the consequences of deleting it, in words */
  protected deletion(label: string, effect: () => string): TemplateResult {
    const set = (isDeleting: boolean) => () => {
      this.isDeleting = isDeleting
      // The button that was pressed is gone.
      void this.focusLater(isDeleting ? '.confirmation .button' : '.deletion')
    }
    if (!this.isDeleting)
      return html`
        <p class="deletion-row">
          <button type="button" class="button danger deletion" @click=${set(true)}>${label}</button>
        </p>
      `
    return confirmation(effect(), label, {
      cancel: words.cancel,
      confirm: () => void this.#remove(),
      decline: set(false),
    })
  }

  #shortcut = (event: KeyboardEvent): void => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
    event.preventDefault()
    this.save()
  }

  async #remove(): Promise<void> {
    if (!(await this.editing.remove())) return
    await this.refresh()
    this.leave()
  }

  async #save(): Promise<void> {
    // The focus stays where it is after a save: the bar announces it.
    if (await this.editing.save()) beginnings.delete(`${this.kind}.${this.editing.document.id}`)
    else await this.focusLater('#problems, #conflict')
  }
}
