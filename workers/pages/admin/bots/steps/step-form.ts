import type { ApiStep, BotStep } from '../../../../../schemas/configuration/bot-flow.ts'

/** A page does not import the schemas: zod compiles code, which its security policy does not allow. */
const callMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies ApiStep['method'][]

/** How a field of a step is edited. */
export type StepControl =
  | { kind: 'text' | 'line' | 'answer' | 'schedule' | 'tags' | 'asked' | 'cases' | 'raw' }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'rows'; columns: readonly RowColumn[] }
  | { kind: 'pairs' }

export interface RowColumn {
  field: string
  kind: 'line' | 'answer'
}

export interface StepFieldSpec {
  /** Below the step: `freeText.goTo` is a field of a field. */
  path: readonly string[]
  control: StepControl
  isOptional?: true
}

const of = (
  kind: Exclude<StepControl['kind'], 'choice' | 'rows'>,
  path: string,
  isOptional?: true,
): StepFieldSpec => ({
  path: path.split('.'),
  control: { kind },
  ...(isOptional && { isOptional }),
})

/** The forms of all types of steps. A value of another shape than its control's is shown as it stands. */
export const stepForms: Record<BotStep['type'], readonly StepFieldSpec[]> = {
  message: [of('text', 'text')],
  options: [
    of('text', 'text'),
    {
      path: ['options'],
      control: {
        kind: 'rows',
        columns: [
          { field: 'label', kind: 'line' },
          { field: 'goTo', kind: 'answer' },
        ],
      },
    },
    of('answer', 'freeText.goTo', true),
    of('line', 'freeText.variable', true),
  ],
  details: [of('text', 'text', true), of('asked', 'fields')],
  branch: [of('cases', 'cases'), of('answer', 'otherwise')],
  hours: [of('schedule', 'schedule', true), of('answer', 'open'), of('answer', 'closed')],
  set: [of('line', 'variable'), of('line', 'value')],
  api: [
    { path: ['method'], control: { kind: 'choice', values: callMethods }, isOptional: true },
    of('line', 'url'),
    of('pairs', 'headers', true),
    of('raw', 'body', true),
    of('line', 'timeout', true),
    of('pairs', 'save', true),
    of('answer', 'success'),
    of('answer', 'failure'),
  ],
  resolved: [of('text', 'text', true), of('answer', 'yes', true), of('answer', 'no')],
  link: [of('answer', 'goTo')],
  transfer: [of('text', 'duringHours', true), of('text', 'outsideHours', true), of('tags', 'tags', true)],
  end: [of('text', 'text', true)],
}

/** The comparisons of a condition. */
export const comparisons = ['is', 'isNot', 'contains', 'startsWith', 'isKnown'] as const

/** A case with one condition, as a row has it; `undefined`: it has several, or another shape. */
export interface SimpleCase {
  value: string
  comparison: (typeof comparisons)[number]
  operand: string
  goTo: string
}

export function simpleCase(written: unknown): SimpleCase | undefined {
  const { when, goTo } = (written ?? {}) as { when?: unknown; goTo?: unknown }
  if (!Array.isArray(when) || when.length !== 1 || typeof when[0] !== 'object' || when[0] === null)
    return undefined
  const { value, ...others } = when[0] as Record<string, unknown>
  const [[comparison, operand] = ['', undefined], second] = Object.entries(others)
  if (second || !(comparisons as readonly string[]).includes(comparison)) return undefined
  if (typeof operand === 'object') return undefined
  return {
    value: String(value ?? ''),
    comparison: comparison as SimpleCase['comparison'],
    operand: String(operand),
    goTo: String(goTo ?? ''),
  }
}

export function writtenCase({ value, comparison, operand, goTo }: SimpleCase): object {
  const compared = comparison === 'isKnown' ? operand !== 'false' : operand
  return { when: [{ value, [comparison]: compared }], goTo }
}

/** Whether a control can show a value. */
export function isShown({ kind }: StepControl, value: unknown): boolean {
  if (value === undefined || value === null) return kind !== 'raw'
  const isList = Array.isArray(value)
  switch (kind) {
    case 'raw':
      return false
    case 'rows':
      return isList && value.every((row) => typeof row === 'object' && row !== null)
    case 'cases':
      return isList && value.every((each) => simpleCase(each) !== undefined)
    case 'asked':
      return isList && value.every((each) => each === 'name' || each === 'email' || isCustomField(each))
    case 'tags':
      return isList && value.every((tag) => typeof tag === 'string')
    case 'pairs':
      return (
        !isList && typeof value === 'object' && Object.values(value).every((part) => typeof part !== 'object')
      )
    default:
      return typeof value !== 'object'
  }
}

/** A field of a form with a label in one language. */
export function isCustomField(
  value: unknown,
): value is { id?: string; label?: string; type?: string; options?: string[] } {
  if (typeof value !== 'object' || value === null) return false
  const { label, options = [] } = value as { label?: unknown; options?: unknown }
  return (
    typeof label !== 'object' &&
    Array.isArray(options) &&
    options.every((option) => typeof option === 'string')
  )
}
