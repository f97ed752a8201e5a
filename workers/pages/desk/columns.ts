import type { Desk } from './state/desk-state.ts'

/** Below this width, in pixels, there is room for the list or for one conversation. */
const phoneWidth = 720
/** The list's width, as in desk.css. */
const listWidth = 340
const columnWidthMin = 400
const columnsMax = 3

/** How many conversations a window of that width has room for beside the list; 0: it is a phone's. */
export function columnsFor(width: number): number {
  if (width < phoneWidth) return 0
  return Math.min(columnsMax, Math.max(1, Math.floor((width - listWidth) / columnWidthMin)))
}

/**
 * The conversations on the screen, in the order of their tabs.
 *
 * @param recent ids in the order in which they had the focus: the latest are shown if there is no room for all
 */
export function visibleConversations(
  { tabs, focused }: Desk,
  columns: number,
  recent: readonly string[],
): string[] {
  if (columns === 0) return focused === null ? [] : [focused]
  if (tabs.length <= columns) return [...tabs]
  const byRecency = [...tabs].sort((a, b) => recent.indexOf(b) - recent.indexOf(a))
  const latest = new Set(byRecency.slice(0, columns))
  return tabs.filter((id) => latest.has(id))
}
