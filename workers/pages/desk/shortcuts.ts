export type Shortcut =
  | 'help'
  | 'search'
  | 'previous'
  | 'next'
  | 'list'
  | 'reply'
  | 'note'
  | 'accept'
  | 'nextRequest'
  | 'transfer'
  | 'release'
  | 'end'
  | 'undo'

/** Shortcuts with Alt, by `KeyboardEvent.code`. */
const withAlt: Record<string, Shortcut> = {
  ArrowUp: 'previous',
  ArrowDown: 'next',
  KeyL: 'list',
  KeyM: 'reply',
  KeyI: 'note',
  KeyA: 'accept',
  KeyN: 'nextRequest',
  KeyT: 'transfer',
  KeyR: 'release',
  KeyX: 'end',
  KeyZ: 'undo',
}

/** The desk's shortcut that a key press stands for; none while a question is open. */
export function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  const path = event.composedPath().filter((target) => target instanceof HTMLElement)
  if (path.some((target) => target.matches('dialog'))) return undefined
  const isWriting = path.some((target) => target.matches('textarea, input'))
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey
  if (event.key === '/' && isPlain && !isWriting) return 'search'
  if (event.key === '?' && !isWriting) return 'help'
  if (!event.altKey || event.ctrlKey || event.metaKey) return undefined
  return withAlt[event.code]
}
