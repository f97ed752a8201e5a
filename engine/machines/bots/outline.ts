import { type BotFlow, type BotStep, stepName } from '../../../schemas/configuration/bot-flow.ts'
import { type Localized, textIn } from '../../../schemas/configuration/localized.ts'
import type { CustomerTexts } from '../../texts/customers/customer-texts.ts'
import { fieldsOf } from '../../texts/fields-of.ts'
import type { StaffTexts } from '../../texts/staff/staff-texts.ts'
import type { Chart, ChartArrow, ChartState } from '../chart.ts'
import { inWords } from './compile.ts'

const agentId = 'agent'
const endId = 'end'

interface Way {
  to: string
  /** The customer's choice, or how a step went. */
  on?: string
  /** A condition. */
  guard?: string
}

interface OutlineTexts extends Pick<StaffTexts, 'outline' | 'detailLabels'>, Pick<CustomerTexts, 'texts'> {
  /** The reader's language, for texts that are there in several. */
  locale: string
}

/**
 * A bot as its author wrote it: answers, their steps with the texts, and what leads where, up to an agent or the end.
 * The machine has more, which every conversation has: refusals, agents, fallbacks.
 */
export function outlineOf(bot: BotFlow, texts: OutlineTexts): Chart {
  const arrows: ChartArrow[] = []
  const answers = bot.answers.map(({ id, steps }) => {
    const idOf = (index: number) => `${answerId(id)}/${stepName(steps[index] as BotStep, index)}`
    const isDrawn = (index: number) => index === 0 || steps[index]?.type !== 'link'
    const children = steps.flatMap((step, index) => {
      if (!isDrawn(index)) return []
      const following = steps[index + 1]
      const next = following?.type === 'link' ? answerId(following.goTo) : idOf(index + 1)
      arrows.push(...arrowsOf(idOf(index), waysOf(step, next, texts)))
      return [state(idOf(index), step.name ?? step.type, { text: saidBy(step, texts) })]
    })
    return state(answerId(id), id, { children, initial: idOf(0) })
  })
  const reached = new Set(arrows.map(({ to }) => to))
  const ends = [
    ...(reached.has(agentId) ? [state(agentId, texts.texts.anAgent)] : []),
    ...(reached.has(endId) ? [{ ...state(endId, texts.outline.end), type: 'final' as const }] : []),
  ]
  const [first] = answers
  const root = state('bot', bot.name ?? bot.id, {
    ...(bot.greeting !== undefined && { text: textIn(bot.greeting, texts.locale) }),
    children: [...answers, ...ends],
    ...(first && { initial: first.id }),
  })
  return { root, arrows }
}

function answerId(answer: string): string {
  return `bot/${answer}`
}

function state(
  id: string,
  name: string,
  { text = '', children = [], initial }: { text?: string; children?: ChartState[]; initial?: string } = {},
): ChartState {
  return {
    id,
    name,
    ...(text && { text }),
    type: children.length > 0 ? 'compound' : 'atomic',
    isDeep: false,
    entry: [],
    exit: [],
    initial: initial === undefined ? null : { to: [initial], actions: [] },
    children,
  }
}

function arrowsOf(from: string, ways: Way[]): ChartArrow[] {
  return ways.map(({ to, on = '', guard }, index) => ({
    id: `${from} ${index}`,
    from,
    to,
    kind: on === '' ? 'always' : 'event',
    on,
    guard: guard ?? null,
    actions: [],
  }))
}

function saidBy(step: BotStep, { texts, detailLabels, locale }: OutlineTexts): string {
  const choose = (text: Localized) => textIn(text, locale)
  switch (step.type) {
    case 'message':
    case 'options':
      return choose(step.text)
    case 'details': {
      const labels = fieldsOf(step.fields, detailLabels, choose).map(({ label }) => label)
      return `${choose(step.text ?? texts.form)} ${labels.join(', ')}`
    }
    case 'set':
      return `${step.variable} = ${step.value}`
    case 'api':
      return `${step.method} ${step.url}`
    case 'resolved':
      return choose(step.text ?? texts.resolved)
    case 'transfer':
      return choose(step.duringHours ?? '')
    case 'end':
      return choose(step.text ?? '')
    case 'hours':
      return step.schedule ?? ''
    case 'branch':
    case 'link':
      return ''
  }
}

function waysOf(step: BotStep, next: string, { texts, outline, locale }: OutlineTexts): Way[] {
  switch (step.type) {
    case 'message':
    case 'details':
    case 'set':
      return [{ to: next }]
    case 'options':
      return [
        ...step.options.map(({ label, goTo }) => ({ to: answerId(goTo), on: textIn(label, locale) })),
        ...(step.freeText ? [{ to: answerId(step.freeText.goTo), on: outline.freeText }] : []),
      ]
    case 'branch':
      return [
        ...step.cases.map(({ when, goTo }) => ({ to: answerId(goTo), guard: when.map(inWords).join(', ') })),
        { to: answerId(step.otherwise), on: outline.otherwise },
      ]
    case 'hours':
      return [
        { to: answerId(step.open), on: outline.open },
        { to: answerId(step.closed), on: outline.closed },
      ]
    case 'api':
      return [
        { to: answerId(step.success), on: outline.success },
        { to: answerId(step.failure), on: outline.failure },
      ]
    case 'resolved':
      return [
        { to: step.yes === undefined ? endId : answerId(step.yes), on: texts.yes },
        { to: answerId(step.no), on: texts.no },
      ]
    case 'link':
      return [{ to: answerId(step.goTo) }]
    case 'transfer':
      return [{ to: agentId }]
    case 'end':
      return [{ to: endId }]
  }
}
