import type { CustomerEvent } from '../../../schemas/protocol/widget.ts'

/** The conversation of this browser; all its tabs share it. */
export interface Session {
  session: string
  conversation: string
  /** The sequence of the last record that the customer has had before their eyes. */
  seen: number
}

/** What this tab would lose with a reload. */
export interface Draft {
  /** Whose it is; none: it waits for one to begin. */
  conversation?: string | undefined
  text: string
  fields: Record<string, string>
  outbox: readonly CustomerEvent[]
  isOpen: boolean
}

export const emptyDraft: Draft = { text: '', fields: {}, outbox: [], isOpen: false }

/** A browser may refuse to store anything: then it is as long as the page is. */
export function storedSession(key: string): Session | undefined {
  return read(() => localStorage, key)
}

export function storeSession(key: string, session: Session | undefined): void {
  write(() => localStorage, key, session)
}

export function storedDraft(key: string): Draft | undefined {
  return read(() => sessionStorage, key)
}

export function storeDraft(key: string, draft: Draft | undefined): void {
  write(() => sessionStorage, key, draft)
}

function read<T>(storage: () => Storage, key: string): T | undefined {
  try {
    return JSON.parse(storage().getItem(key) ?? '') as T
  } catch {}
}

function write(storage: () => Storage, key: string, value: unknown): void {
  try {
    if (value) storage().setItem(key, JSON.stringify(value))
    else storage().removeItem(key)
  } catch {}
}
