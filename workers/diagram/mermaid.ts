import type { Chart, ChartArrow, ChartState } from '../../engine/machines/chart.ts'
import { wordsOf } from './plan.ts'

/**
 * A chart as Mermaid's `stateDiagram-v2`, for documents that draw it themselves. Mermaid cannot draw a state's own
 * actions, transitions that do not leave it, and those to a state around or within it: they stand in a note beside it.
 */
export function mermaidOf({ root, arrows }: Chart): string {
  const ids = idsOf(root)
  const idOf = (state: string) => ids.get(state)?.id ?? ''
  const isDrawn = ({ from, to }: ChartArrow) => to !== null && !isRelated(ids, from, to)
  const lines = ['stateDiagram-v2']
  const write = (depth: number, line: string) => lines.push(`${'  '.repeat(depth)}${line}`)
  const writeState = (state: ChartState, depth: number) => {
    const id = idOf(state.id)
    const name = state.type === 'history' ? (state.isDeep ? 'H*' : 'H') : state.name
    const isOuter = state.children.length > 0
    write(depth, `state "${escaped(name)}" as ${id}${isOuter ? ' {' : ''}`)
    if (isOuter) {
      writeWithin(state, depth + 1)
      write(depth, '}')
    }
  }
  const writeWithin = (state: ChartState, depth: number) => {
    for (const target of state.initial?.to ?? []) write(depth, `[*] --> ${idOf(target)}`)
    for (const [index, child] of state.children.entries()) {
      if (state.type === 'parallel' && index > 0) write(depth, '--')
      writeState(child, depth)
      if (child.type === 'final') write(depth, `${idOf(child.id)} --> [*]`)
    }
  }
  writeState(root, 1)
  for (const arrow of arrows.filter(isDrawn)) {
    const words = wordsIn(arrow)
    write(1, `${idOf(arrow.from)} --> ${idOf(arrow.to as string)}${words === '' ? '' : ` : ${words}`}`)
  }
  for (const { id, state } of ids.values()) {
    const listed = arrows.filter((arrow) => arrow.from === state.id && !isDrawn(arrow))
    const words = [
      ...doing('entry', state.entry),
      ...doing('exit', state.exit),
      ...listed.map((arrow) => {
        const target = arrow.to === null ? '' : ` → ${escaped(ids.get(arrow.to)?.state.name ?? '')}`
        return wordsIn(arrow) + target
      }),
    ]
    if (words.length === 0) continue
    write(1, `note right of ${id}`)
    for (const line of words) write(2, line)
    write(1, 'end note')
  }
  return `${lines.join('\n')}\n`
}

function doing(when: 'entry' | 'exit', actions: string[]): string[] {
  return actions.length === 0 ? [] : [escaped(`${when} / ${actions.join(', ')}`)]
}

function wordsIn(arrow: ChartArrow): string {
  const words = wordsOf(arrow)
  return escaped(arrow.kind === 'after' ? `after ${words}` : words)
}

interface Named {
  id: string
  state: ChartState
  /** The ids of the states around it. */
  around: string[]
}

/** Ids that Mermaid reads as one word, whatever a state's own id contains. */
function idsOf(root: ChartState): Map<string, Named> {
  const ids = new Map<string, Named>()
  const visit = (state: ChartState, around: string[]) => {
    ids.set(state.id, { id: `s${ids.size}`, state, around })
    for (const child of state.children) visit(child, [...around, state.id])
  }
  visit(root, [])
  return ids
}

function isRelated(ids: Map<string, Named>, a: string, b: string): boolean {
  const isAround = (outer: string, inner: string) => ids.get(inner)?.around.includes(outer) ?? false
  if (a === b) return (ids.get(a)?.state.children.length ?? 0) > 0
  return isAround(a, b) || isAround(b, a)
}

/** Escapes the characters that have a meaning in Mermaid. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[^\p{L}\p{N} .,()/[\]'’“”→*_-]/gu, (character) => `#${character.codePointAt(0)};`)
}
