import type { Message } from '../../../../schemas/conversation/record.ts'
import type { InspectedStep } from '../../../../schemas/protocol/inspector.ts'
import { words } from '../words.ts'

/** The source of an event, by the first part of its type. */
export function sourceOf({ event }: InspectedStep): string {
  const source = event.type.split('.')[0] ?? ''
  const payload = event.payload as { agent?: { id?: string; name?: string } } | null | undefined
  if (source === 'agent') return payload?.agent?.name ?? payload?.agent?.id ?? words.sources.agent
  return Object.hasOwn(words.sources, source) ? words.sources[source as keyof typeof words.sources] : source
}

/** The messages and effects of an event, on one line. */
export function summaryOf(step: InspectedStep): string {
  const { outcome, rejected, messages = [], requests = [], calls = [], status } = step
  if (outcome === 'repeated' || outcome === 'idle' || outcome === 'buried')
    return words.withoutRecord[outcome]
  return [
    ...(rejected ? [rejected.message] : []),
    ...messages.map(saidOf),
    ...requests.map(({ action: parts, request }) => words.requestChanged(request, parts)),
    ...calls.map(({ method, url }) => `${method} ${url}`),
    ...(status ? [`→ ${words.states[status.state]}`] : []),
  ].join('  ·  ')
}

/** A message as plain text. */
export function saidOf({ author, type, text, fields, options }: Message): string {
  const name = author.name ?? words.authors[author.type]
  const action = [
    ...(text ? [`“${text}”`] : []),
    ...(fields ? [words.asksFor(fields.map(({ label }) => label).join(', '))] : []),
    ...(options ? [options.join(' / ')] : []),
  ]
  return `${name}: ${action.join(' ') || type}`
}
