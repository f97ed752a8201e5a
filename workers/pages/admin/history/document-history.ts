import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { DocumentRevisionAnswer } from '../../../../schemas/protocol/admin.ts'
import { Part } from '../../base/part.ts'
import { differences, isSame } from '../draft.ts'
import type { Editing } from '../editing.ts'
import { differencesTable, type FieldTexts, failureWords } from '../editor-parts.ts'
import { words } from '../language.ts'
import { linkTo } from '../route.ts'
import { editedDocument } from '../stored.ts'
import { changeText } from './change-text.ts'

/** The earlier versions of a document, each to be compared with the edited one, and restored. Emits `restored`. */
class AdminHistory extends Part {
  @property({ attribute: false }) editing!: Editing<{ id: string }>
  @property({ attribute: false }) texts!: FieldTexts
  /** The edited document: it changes as it is edited. */
  @property({ attribute: false }) document!: { id: string }
  /** The stored version; `undefined`: none is stored. */
  @property({ attribute: false }) revision: number | undefined
  @state() revisions: readonly DocumentRevisionAnswer[] | undefined
  @state() failure = ''
  @state() isOpen = false
  /** The version that is compared. */
  @state() compared: number | undefined
  #asked: string | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    // A new document is one that was deleted, or has no earlier versions and needs no part that says so.
    if (changed.has('revision') || changed.has('isOpen')) {
      const wanted = String(this.revision)
      if ((!this.isOpen && !this.editing.isNew) || this.#asked === wanted) return
      this.#asked = wanted
      void this.#ask(wanted)
    }
  }

  protected override render() {
    const { revisions, editing } = this
    if (editing.isNew && !revisions?.length) return nothing
    return html`
      <details
        class="section history"
        @toggle=${(event: Event) => {
          this.isOpen = (event.target as HTMLDetailsElement).open
        }}
      >
        <summary><h2>${words.earlierVersions}</h2></summary>
        <p class="hint"><a href=${linkTo('audit', editing.kind, editing.document.id)}>${words.inAudit}</a></p>
        ${this.failure ? html`<p class="field-error">${this.failure}</p>` : nothing}
        ${
          revisions === undefined
            ? html`<p class="hint" role="status">${this.isOpen && !this.failure ? words.loading : nothing}</p>`
            : revisions.length < 2 && !editing.isNew
              ? html`<p class="muted">${words.noEarlierVersions}</p>`
              : html`
                  <p class="hint">${words.earlierVersionsHint} ${this.#canRestore ? nothing : words.restoreLater}</p>
                  <ol class="imported">${revisions.map((revision) => this.#version(revision))}</ol>
                `
        }
      </details>
    `
  }

  #version(version: DocumentRevisionAnswer) {
    const isDeletion = version.document === null
    const text = changeText(version, isDeletion)
    const isCompared = this.compared === version.revision
    const compare = () => {
      this.compared = isCompared ? undefined : version.revision
    }
    const restore = () => {
      if (!this.#canRestore) return
      this.editing.edit([], this.#documentOf(version))
      this.dispatchEvent(new CustomEvent('restored'))
    }
    const actions = html`
      <button
        type="button"
        class="chip"
        aria-label=${words.compareNamed(text)}
        aria-expanded=${isCompared}
        @click=${compare}
      >${words.compare}</button>
      <button
        type="button"
        class="chip"
        aria-label=${words.restoreNamed(text)}
        aria-disabled=${!this.#canRestore}
        @click=${restore}
      >${words.restore}</button>
    `
    return html`
      <li>
        <p>${text}</p>
        ${
          version.revision === this.revision
            ? html`<p class="mark">${words.inForceNow}</p>`
            : isDeletion
              ? nothing
              : html`<p class="adders">${actions}</p>`
        }
        ${isCompared ? this.#comparison(version) : nothing}
      </li>
    `
  }

  #comparison(version: DocumentRevisionAnswer) {
    const rows = differences(this.#documentOf(version), this.document)
    if (rows.length === 0) return html`<p class="muted whole">${words.nothingDiffers}</p>`
    return html`
      <div class="whole">
        ${differencesTable([words.asItWas, words.asAbove], rows, this.texts)}
      </div>
    `
  }

  #documentOf(version: DocumentRevisionAnswer): { id: string } {
    return editedDocument(this.editing.kind, this.document.id, version)
  }

  /** Whether no edit is lost: there is none, or what is edited is a version that was restored. */
  get #canRestore(): boolean {
    if (!this.editing.isAtStake) return true
    return (this.revisions ?? []).some((version) => isSame(this.#documentOf(version), this.document))
  }

  async #ask(wanted: string): Promise<void> {
    const answer = await this.editing.revisions()
    if (this.#asked !== wanted) return
    this.failure = answer.ok ? '' : failureWords(answer.error)
    if (answer.ok) this.revisions = answer.value.revisions
    else this.#asked = undefined
  }
}

customElements.define('admin-history', AdminHistory)
