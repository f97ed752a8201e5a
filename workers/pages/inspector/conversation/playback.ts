import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'

/** The speed of a replay: a multiple of the real speed, or one step a frame. */
export const speeds = ['1', '10', '100', 'frames'] as const
export type Speed = (typeof speeds)[number]

/** The longest pause of a replay: a night is skipped. */
export const pauseMsMax = 1_500

/** How long a replay stands still before a step. */
export function pauseBefore(steps: readonly InspectedStep[], index: number, speed: Speed): number {
  const [before, step] = [steps[index - 1], steps[index]]
  if (speed === 'frames' || !before || !step) return 0
  const recordedMs = Math.max(0, Date.parse(step.at) - Date.parse(before.at))
  return Math.min(recordedMs / Number(speed), pauseMsMax)
}

/**
 * The position of a replay now: the step that it shows, and when that step was due. It skips several steps where
 * frames are further apart than the steps.
 */
export function advanced(
  steps: readonly InspectedStep[],
  from: { index: number; dueAt: number },
  now: number,
  speed: Speed,
): { index: number; dueAt: number } {
  let { index, dueAt } = from
  const last = steps.length - 1
  if (speed === 'frames') return { index: Math.min(index + 1, last), dueAt: now }
  while (index < last) {
    const nextAt = dueAt + pauseBefore(steps, index + 1, speed)
    if (nextAt > now) break
    index++
    dueAt = nextAt
  }
  return { index, dueAt }
}

/** The last step that had happened by then; the first one if none had. */
export function indexAt(steps: readonly InspectedStep[], time: number): number {
  return Math.max(0, firstIndex(steps, (step) => Date.parse(step.at) > time) - 1)
}

/** The index of an event's step, else of the last step before it: a link may name an event without a step. */
export function indexOfSeq(steps: readonly InspectedStep[], seq: number): number {
  return Math.max(0, firstIndex(steps, (step) => step.seq > seq) - 1)
}

/** The last value of a field that only some steps have: the machine, the status. */
export function latest<K extends 'machine' | 'status'>(
  steps: readonly InspectedStep[],
  index: number,
  name: K,
): InspectedStep[K] | undefined {
  for (let i = index; i >= 0; i--) if (steps[i]?.[name] !== undefined) return steps[i]?.[name]
  return undefined
}

/** The first index from which the condition holds; the number of steps where it never does. */
function firstIndex(steps: readonly InspectedStep[], holds: (step: InspectedStep) => boolean): number {
  let [from, end] = [0, steps.length]
  while (from < end) {
    const middle = (from + end) >> 1
    if (holds(steps[middle] as InspectedStep)) end = middle
    else from = middle + 1
  }
  return from
}

/** The rows that `PageUp` and `PageDown` pass. */
const pageRows = 10

/** The step that a key leads to. Up and down belong to the list of the events alone. */
export function indexByKey(key: string, index: number, last: number, isInList: boolean): number | undefined {
  const everywhere: Record<string, number> = { ArrowLeft: index - 1, ArrowRight: index + 1 }
  const inList: Record<string, number> = {
    ArrowUp: index - 1,
    ArrowDown: index + 1,
    PageUp: index - pageRows,
    PageDown: index + pageRows,
    Home: 0,
    End: last,
  }
  return everywhere[key] ?? (isInList ? inList[key] : undefined)
}

/** As `indexByKey` in a list that has only some of the steps, by their indices in order. */
export function listedIndexByKey(key: string, index: number, listed: readonly number[]): number | undefined {
  const last = listed.length - 1
  const row = indexByKey(key, listed.indexOf(index), last, true)
  return row === undefined ? undefined : listed[Math.max(0, Math.min(row, last))]
}
