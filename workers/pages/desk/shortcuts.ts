export type Shortcut = 'help' | 'previous' | 'next' | 'list' | 'reply' | 'accept'

/** By `KeyboardEvent.code`, together with Alt. */
const withAlt: Record<string, Shortcut> = {
  ArrowUp: 'previous',
  ArrowDown: 'next',
  KeyL: 'list',
  KeyM: 'reply',
  KeyA: 'accept',
}

/** The desk's shortcut that a key press stands for. */
export function shortcutOf(event: KeyboardEvent): Shortcut | undefined {
  const isWriting = event
    .composedPath()
    .some((target) => target instanceof HTMLElement && target.matches('textarea, input'))
  if (event.key === '?' && !isWriting) return 'help'
  if (!event.altKey || event.ctrlKey || event.metaKey) return undefined
  return withAlt[event.code]
}
