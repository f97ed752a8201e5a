import { type Desk, type DeskConversation, updateConversation } from './desk-state.ts'

type Shared = Pick<DeskConversation, 'draft' | 'noteDraft' | 'seen'>

/** Drafts, and what was read, of one agent in one workspace: the agent's tabs share them by the local storage. */
export class SharedWork {
  readonly #prefix: string

  constructor(workspace: string, agent: string) {
    this.#prefix = `frontdesk.desk.${workspace}.${encodeURIComponent(agent)}.`
  }

  /** Stores what differs between two states; reads what other tabs have of conversations that are new here. */
  follow(before: Desk, desk: Desk): Desk {
    let next = desk
    for (const [id, conversation] of desk.conversations) {
      const known = before.conversations.get(id)
      if (!known) next = this.#merged(next, id, this.#read(id))
      else if (known !== conversation && !isSame(known, conversation)) this.#write(id, conversation)
    }
    for (const id of before.conversations.keys()) if (!desk.conversations.has(id)) this.#write(id, null)
    return next
  }

  /** The desk with what another tab has just stored. */
  receive(desk: Desk, { key, newValue }: StorageEvent): Desk {
    if (!key?.startsWith(this.#prefix) || newValue === null) return desk
    return this.#merged(desk, key.slice(this.#prefix.length), parsed(newValue))
  }

  /** The desk as a new tab begins with it: what is stored is as new as its own, or newer. */
  begin(desk: Desk): Desk {
    return [...desk.conversations.keys()].reduce((next, id) => this.#merged(next, id, this.#read(id)), desk)
  }

  /** Removes all but what belongs to these conversations. */
  prune(kept: (id: string) => boolean): void {
    try {
      for (const key of Object.keys(localStorage))
        if (key.startsWith(this.#prefix) && !kept(key.slice(this.#prefix.length)))
          localStorage.removeItem(key)
    } catch {}
  }

  #merged(desk: Desk, id: string, shared: Partial<Shared> | undefined): Desk {
    const conversation = desk.conversations.get(id)
    if (!conversation || !shared) return desk
    const { draft = '', noteDraft = '', seen: theirs = null } = shared
    const seen = theirs === null ? conversation.seen : Math.max(conversation.seen ?? 0, theirs)
    const merged = { draft, noteDraft, seen }
    return isSame(conversation, merged) ? desk : updateConversation(desk, id, merged)
  }

  #read(id: string): Partial<Shared> | undefined {
    try {
      return parsed(localStorage.getItem(this.#prefix + id))
    } catch {
      return undefined
    }
  }

  /** Without storage the tabs share nothing; nothing else is lost. */
  #write(id: string, conversation: Shared | null): void {
    try {
      if (conversation === null) localStorage.removeItem(this.#prefix + id)
      else {
        const { draft, noteDraft, seen } = conversation
        localStorage.setItem(this.#prefix + id, JSON.stringify({ draft, noteDraft, seen }))
      }
    } catch {}
  }
}

function isSame(a: Shared, b: Shared): boolean {
  return a.draft === b.draft && a.noteDraft === b.noteDraft && a.seen === b.seen
}

function parsed(text: string | null): Partial<Shared> | undefined {
  try {
    return (JSON.parse(text ?? 'null') as Partial<Shared> | null) ?? undefined
  } catch {
    return undefined
  }
}
