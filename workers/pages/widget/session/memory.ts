import type { CustomerEvent } from '../../../../schemas/protocol/widget.ts'

/** The session of this browser, shared by its tabs. */
export interface StoredSession {
  session: string
  conversation: string
  /** The sequence of the last record that the customer has had on the screen. */
  seen: number
  /** The sequence of the last record that a tab has sounded for. */
  rung?: number
}

/** Whether the link in an e-mail has opened this page. */
export let isLinked = false

/** The session of that link. It does not stay in the page's address, which people copy. */
export function linkedSession(): StoredSession | undefined {
  const [, session] = /^#frontdesk=(.+)/.exec(location.hash) ?? []
  if (!session) return undefined
  isLinked = true
  history.replaceState(history.state, '', location.pathname + location.search)
  return { session, conversation: '', seen: 0 }
}

/** State of this tab that must survive a reload. */
export interface WidgetDraft {
  /** Its conversation; absent: it waits for one to begin. */
  conversation?: string | undefined
  text: string
  fields: Record<string, string>
  outbox: readonly CustomerEvent[]
  /** Whether the customer wants the floating panel open on the next page. */
  isOpen: boolean
}

export const emptyDraft: WidgetDraft = { text: '', fields: {}, outbox: [], isOpen: false }

/** `undefined` also where the browser refuses to store anything: a session then lasts as long as its page. */
export function storedSession(key: string, storage: () => Storage): StoredSession | undefined {
  return read(storage, key)
}

export function storeSession(key: string, session: StoredSession | undefined, storage: () => Storage): void {
  write(storage, key, session)
}

/** A draft of another conversation than this one may be another person's. */
export function storedDraft(key: string, ours: string | undefined): WidgetDraft {
  const draft = read<WidgetDraft>(() => sessionStorage, key)
  const isOurs = !draft?.conversation || draft.conversation === ours
  return { ...emptyDraft, ...(isOurs && draft) }
}

export function storeDraft(key: string, draft: WidgetDraft): void {
  const isEmpty = !(draft.text || draft.isOpen || draft.conversation || draft.outbox.length > 0)
  write(() => sessionStorage, key, isEmpty ? undefined : draft)
}

function read<T>(storage: () => Storage, key: string): T | undefined {
  try {
    return JSON.parse(storage().getItem(key) ?? '') as T
  } catch {}
}

export function write(storage: () => Storage, key: string, value: unknown): void {
  try {
    if (value) storage().setItem(key, JSON.stringify(value))
    else storage().removeItem(key)
  } catch {}
}
