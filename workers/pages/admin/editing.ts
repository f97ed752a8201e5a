import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { Kind } from '../../../schemas/configuration/document.ts'
import type {
  ChangedMeanwhile,
  DocumentChange,
  DocumentRevisionAnswer,
} from '../../../schemas/protocol/admin.ts'
import { type Result, success } from '../../../schemas/result.ts'
import { ask, type Refusal } from '../base/ask.ts'
import { change, type Draft, follow, isChanged, type Path, settle } from './draft.ts'
import type { StoredOne } from './stored.ts'

/** The open editor, if there is one: the shell asks before its changes are lost. */
export let presentEditing: Editing<{ id: string }> | undefined

/** Converts an edited document to the stored form, and back, where the two differ. */
export interface Storing<T> {
  /** The document as it is stored, or why it cannot be stored. */
  write(document: T): Promise<Result<unknown, Refusal>>
  read(stored: { document: unknown; bot?: { text: string } }): T
}

/** The document of an editor: edits it, saves it, and follows others' saves. */
export class Editing<T extends { id: string }> implements ReactiveController {
  readonly kind: Kind
  draft: Draft<T>
  state: 'idle' | 'saving' | 'saved' = 'idle'
  /** Why the last save failed, other than by problems and by a conflict. */
  failure: Refusal | undefined
  /** The last change of the stored version, or its deletion. */
  lastChange: DocumentChange | undefined
  readonly #host: ReactiveControllerHost
  readonly #refresh: () => Promise<void>
  readonly #storing: Storing<T>
  #isTouched = false

  /**
   * @param beginning the content of a new document
   * @param refresh reads the stored documents again
   */
  constructor(
    host: ReactiveControllerHost,
    kind: Kind,
    stored: StoredOne<T> | undefined,
    beginning: T,
    refresh: () => Promise<void>,
    storing: Storing<T> = asItIs(),
  ) {
    this.kind = kind
    this.#host = host
    this.#refresh = refresh
    this.#storing = storing
    this.draft = {
      base: stored ?? null,
      document: stored?.document ?? beginning,
      problems: stored?.problems ?? [],
    }
    host.addController(this)
  }

  hostConnected(): void {
    presentEditing = this as unknown as Editing<{ id: string }>
    addEventListener('beforeunload', this.#askBeforeUnload)
  }

  hostDisconnected(): void {
    if (presentEditing === (this as unknown)) presentEditing = undefined
    removeEventListener('beforeunload', this.#askBeforeUnload)
  }

  get document(): T {
    return this.draft.document
  }

  get isNew(): boolean {
    return this.draft.base === null
  }

  get isChanged(): boolean {
    return isChanged(this.draft)
  }

  /** Whether something would be lost: a new document that nobody has touched is nothing yet. */
  get isAtStake(): boolean {
    return this.isChanged && (this.#isTouched || !this.isNew)
  }

  edit(path: Path, value: unknown): void {
    this.#setDraft(change(this.draft, path, value))
    this.#isTouched = true
    // An edit during a save is a change on top of it.
    if (this.state === 'saved') this.state = 'idle'
    this.failure = undefined
  }

  follow(stored: StoredOne<T> | undefined): void {
    if (stored) this.lastChange = stored
    else if (this.draft.base?.revision && this.draft.theirs !== null) void this.#askWhoDeleted()
    // A change of its own save may arrive before the save's answer.
    if (this.state !== 'saving') this.#setDraft(follow(this.draft, stored ?? null))
  }

  settle(choice: 'theirs' | 'mine'): void {
    this.#setDraft(settle(this.draft, choice))
    this.failure = undefined
  }

  discard(): void {
    const { base, document } = this.draft
    this.#setDraft({ base, document: base?.document ?? document, problems: [] })
    this.failure = undefined
  }

  /** Whether it is saved now. */
  async save(): Promise<boolean> {
    if (this.state === 'saving') return false
    const { base, document } = this.draft
    this.state = 'saving'
    this.failure = undefined
    this.#host.requestUpdate()
    const answer = await this.#put(document, following(base?.revision))
    if (answer.ok) {
      this.state = 'saved'
      // An edit during the save stays a change.
      const saved = { revision: answer.value.revision, document }
      this.#setDraft({ base: saved, document: this.draft.document, problems: [] })
      void this.#refresh()
      return true
    }
    this.state = 'idle'
    const { problems, changed } = answer.error
    if (problems) this.#setDraft({ ...this.draft, problems })
    else if (changed) this.#setDraft({ ...this.draft, theirs: this.#theirs(changed) })
    else this.#fail(answer.error)
    return false
  }

  async #put(document: T, headers: Record<string, string>): Promise<Result<{ revision: number }, Refusal>> {
    const written = await this.#storing.write(document)
    if (!written.ok) return written
    return await ask('PUT', this.#path, { body: written.value, headers })
  }

  /** Whether it is deleted now. */
  async remove(): Promise<boolean> {
    const { base, document } = this.draft
    const answer = await ask('DELETE', this.#path, { headers: following(base?.revision) })
    if (answer.ok || answer.error.status === 404) {
      // Nothing is left to be lost.
      this.draft = { base: { revision: 0, document }, document, problems: [] }
      return true
    }
    const theirs = answer.error.changed && this.#theirs(answer.error.changed)
    if (theirs) this.#setDraft({ ...this.draft, theirs })
    else this.#fail(answer.error)
    return false
  }

  /** The latest changes of the stored document, the latest first. */
  revisions(): Promise<Result<{ revisions: DocumentRevisionAnswer[] }, Refusal>> {
    return ask('GET', `${this.#path}/revisions`)
  }

  /** Somebody else's document; `null` where they have deleted it. */
  #theirs(changed: ChangedMeanwhile): { revision: number; document: T } | null {
    const { revision, changedAt, changedBy } = changed
    this.lastChange = changedAt === undefined ? undefined : { changedAt, ...(changedBy && { changedBy }) }
    return revision === null ? null : { revision, document: this.#storing.read(changed) }
  }

  async #askWhoDeleted(): Promise<void> {
    this.lastChange = undefined
    const answer = await this.revisions()
    const last = answer.ok ? answer.value.revisions[0] : undefined
    if (last?.document === null) this.lastChange = last
    this.#host.requestUpdate()
  }

  get #path(): string {
    return `/v1/admin/configuration/${this.kind}/${encodeURIComponent(this.document.id)}`
  }

  #fail(failure: Refusal): void {
    this.failure = failure
    this.#host.requestUpdate()
  }

  #setDraft(draft: Draft<T>): void {
    this.draft = draft
    this.#host.requestUpdate()
  }

  #askBeforeUnload = (event: BeforeUnloadEvent): void => {
    if (this.isAtStake) event.preventDefault()
  }
}

function asItIs<T>(): Storing<T> {
  return {
    write: async (document) => success(document),
    read: ({ document }) => document as T,
  }
}

/** The precondition of a change: the revision that was edited, or that none exists. */
export function following(revision: number | undefined): Record<string, string> {
  return revision === undefined ? { 'if-none-match': '*' } : { 'if-match': `"${revision}"` }
}
