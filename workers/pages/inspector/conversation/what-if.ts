import { exampleAnswers } from '../../../../schemas/field-types.ts'
import type { Drawing } from '../../../../schemas/protocol/drawing.ts'
import type { InspectedStep, WhatIfQuestion } from '../../../../schemas/protocol/inspector.ts'

export type WhatIfEvent = WhatIfQuestion['events'][number]

/** The events that the form always offers; others are offered where the machine takes them. */
export const whatIfTypes: readonly string[] = [
  'session.message',
  'session.details',
  'session.option',
  'session.ended',
  'session.active',
  'session.started',
  'session.identified',
  'agent.accepted',
  'agent.message',
  'agent.released',
  'agent.ended',
  'bot.message',
  'bot.options',
  'bot.form',
  'bot.handoff',
  'bot.done',
  'call.answered',
]

/** A copy of a conversation in memory: the branch point, and the events since. */
export interface Copy {
  /** The number of recorded steps before the branch. */
  from: number
  events: WhatIfEvent[]
  steps: InspectedStep[]
}

/** The types of the events that a machine takes in these states and their parents. */
export function heardIn(drawing: Drawing | undefined, active: readonly string[]): ReadonlySet<string> {
  const states = new Set(active)
  const arrows = drawing?.arrows.filter(({ from }) => states.has(from)) ?? []
  return new Set(arrows.flatMap(({ event }) => event ?? []))
}

/** A payload to begin with, from the conversation so far. */
export function templateOf(type: string, steps: readonly InspectedStep[]): unknown {
  const agent = { id: agentOf(steps) ?? 'ann' }
  switch (type) {
    case 'next timer':
      return undefined
    case 'session.started':
      return { channel: 'web' }
    case 'session.message':
    case 'bot.message':
      return { text: 'Hello' }
    case 'session.details':
      return detailsOf(steps)
    case 'session.option':
      return { option: messagesOf(steps).findLast(({ options }) => options)?.options?.[0] ?? 'Yes' }
    case 'session.identified':
      return { customer: { externalId: 'u1', name: 'José' } }
    case 'agent.accepted':
      return { agent: { ...agent, name: 'Ann' } }
    case 'agent.message':
      return { agent, text: 'Hello' }
    case 'agent.released':
    case 'agent.ended':
      return { agent }
    case 'bot.options':
      return { text: 'Which one?', options: ['Yes', 'No'] }
    case 'bot.form':
      return { fields: [{ id: 'email', label: 'Email', type: 'email', required: true }] }
    case 'call.answered':
      return { call: steps.flatMap(({ calls = [] }) => calls).at(-1)?.call ?? 1, ok: true, values: {} }
    default:
      return {}
  }
}

/** The fields of the last form, filled in. */
function detailsOf(steps: readonly InspectedStep[]): Record<string, string> {
  const fields = messagesOf(steps).findLast(({ fields }) => fields)?.fields ?? []
  return Object.fromEntries(fields.map(({ id, type, options }) => [id, options?.[0] ?? exampleAnswers[type]]))
}

function agentOf(steps: readonly InspectedStep[]): string | undefined {
  return steps.findLast(({ status }) => status?.agent)?.status?.agent?.id
}

function messagesOf(steps: readonly InspectedStep[]) {
  return steps.flatMap(({ messages = [] }) => messages)
}
