export type Shortcut =
  | 'help'
  | 'search'
  | 'palette'
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

/** The keys of a shortcut, as they are shown. */
export function keysOf(shortcut: Shortcut): string[] | undefined {
  if (shortcut === 'help') return ['?']
  if (shortcut === 'search') return ['/']
  const code = Object.keys(withAlt).find((code) => withAlt[code] === shortcut)
  const arrows: Record<string, string> = { ArrowUp: '↑', ArrowDown: '↓' }
  return code === undefined ? undefined : ['Alt', arrows[code] ?? code.slice(3)]
}

function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !shiftKey
}

/** The desk's shortcut that a key press stands for; none while a question is open. */
export function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  const path = event.composedPath().filter((target) => target instanceof HTMLElement)
  if (path.some((target) => target.matches('dialog'))) return undefined
  const isWriting = path.some((target) => target.matches('textarea, input'))
  const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey
  if (event.key === '/' && isPlain && !isWriting) return 'search'
  if (event.key === '?' && !isWriting) return 'help'
  if (isPaletteKey(event)) return 'palette'
  if (!event.altKey || event.ctrlKey || event.metaKey) return undefined
  return withAlt[event.code]
}
