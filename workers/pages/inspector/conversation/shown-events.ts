import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'
import { sourceOf, summaryOf } from './summary.ts'

/** The indices of the steps whose row has all words of a filter; `undefined` without a filter. */
export function matching(steps: readonly InspectedStep[], filter: string): number[] | undefined {
  const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return undefined
  return steps.flatMap((step, index) => {
    const { seq, event, outcome, rejected } = step
    const row = [`#${seq}`, event.type, sourceOf(step), outcome, rejected?.code, summaryOf(step)]
    const text = row.join(' ').toLowerCase()
    return wanted.every((word) => text.includes(word)) ? [index] : []
  })
}

/** Saves steps as `npx frontdesk inspect --json` prints them: one JSON object per line. */
export function saveSteps(conversation: string, steps: readonly InspectedStep[]): void {
  const lines = steps.map((step) => `${JSON.stringify(step)}\n`)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob(lines, { type: 'application/x-ndjson' }))
  link.download = `${conversation}.jsonl`
  link.click()
  URL.revokeObjectURL(link.href)
}
