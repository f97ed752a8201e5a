import type { AnyStateMachine } from 'xstate'
import { actionWords, guardWords } from '../../../engine/machines/chart.ts'

/** A machine's config as JSON that can be drawn: what is code in it is there by its name, or not at all. */
export function drawableConfig({ config }: Pick<AnyStateMachine, 'config'>): string {
  return JSON.stringify(config, (key, value) => {
    if (typeof value !== 'function') return value
    if (isValue.has(key)) return undefined
    return { type: key === 'guard' ? guardWords(value) : actionWords(value) }
  })
}

/** What these say is only known when the machine runs. */
const isValue = new Set(['context', 'params', 'input', 'output'])
