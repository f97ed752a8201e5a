import type { StoredRecord, Timer } from '../../engine/core/conversation.ts'
import type { Effect } from '../../engine/core/effects.ts'
import type { BotFlow } from '../../schemas/configuration/bot-flow.ts'
import type { Rejection, RequestChange, Status } from '../../schemas/conversation/record.ts'
import { type Brought, type Happening, lineOf, type Setting, Story } from '../behaviour/given.ts'

/** A whole story, told scene by scene. */
export interface Tale {
  /** The file's name. */
  name: string
  title: string
  /** What the story shows, for who reads the transcript. */
  about: string
  given?: Setting
  /** What is told first, then what happens. */
  scenes: [told: string, ...happenings: Happening[]][]
}

/** The tale with what each of its events caused. */
export function transcriptOf({ title, about, given = {}, scenes }: Tale): string {
  const story = new Story(given)
  const { at: _, late, ...settings } = given
  const lines = [`# ${title}`, '#', ...wrapped(about), '']
  if (Object.keys(settings).length > 0) lines.push('configured', ...indented(settingsOf(settings)), '')
  if (late !== undefined) lines.push(`wake-ups come ${late} ms late`, '')
  let timers = 'none'
  for (const [told, ...happenings] of scenes) {
    if (told !== '') lines.push(...wrapped(told), '')
    const before = story.brought.length
    story.when(...happenings)
    for (const brought of story.brought.slice(before)) {
      const record = brought.decision.kind === 'record' ? brought.decision.record : undefined
      const now = record ? timersOf(record) : timers
      lines.push(
        `${instant(brought.at)} ${typeOf(brought)}${idOf(brought)} ${shortened(brought.body)}`,
        ...indented([...causedBy(brought), ...(now === timers ? [] : [`timers: ${now}`])]),
        '',
      )
      timers = now
    }
    for (const happening of happenings)
      if ('reconfigured' in happening)
        lines.push('configured', ...indented(settingsOf(happening.reconfigured)), '')
    if (happenings.some((happening) => 'passes' in happening) && story.brought.length === before)
      lines.push('nothing happens', '')
  }
  return `${lines.join('\n').trimEnd()}\n`
}

function causedBy({ decision, effects }: Brought): string[] {
  switch (decision.kind) {
    case 'record':
      return [...recorded(decision.record), ...effects.flatMap(performed)]
    case 'unreadable':
      return [`dead letter: ${decision.unreadable.code}, ${decision.unreadable.message}`]
    case 'rearm':
      return [`too early: wake-up ${decision.generation} again at ${instant(decision.at)}`]
    case 'nothing':
      return ['nothing']
    case 'outdated':
      return ['what was read is old']
  }
}

function recorded({
  outcome,
  rejected,
  messages = [],
  bot,
  status,
  requests,
  state,
}: StoredRecord): string[] {
  const lines = messages.map(lineOf)
  if (bot) lines.push(`the bot’s turn: ${bot.id}`)
  if (rejected) lines.push(refusal(rejected))
  if (outcome === 'ignored') lines.push('ignored')
  if (status) lines.push(statusLine(status))
  if (requests)
    lines.push(`agents: ${requests.length > 0 ? requests.map(change).join(', ') : 'see the change'}`)
  if (state.erased) lines.push(`all that is kept: ${JSON.stringify(state)}`)
  return lines
}

function refusal({ code, fields, agent, limit }: Rejection): string {
  const more = { ...(fields && { fields }), ...(agent && { agent }), ...(limit !== undefined && { limit }) }
  return `refused: ${code}${Object.keys(more).length > 0 ? ` ${JSON.stringify(more)}` : ''}`
}

function statusLine({ state, request, agent, reason }: Status): string {
  const parts = [
    state,
    ...(request === undefined ? [] : [`request ${request}`]),
    ...(agent ? [`agent ${agent.id}`] : []),
    ...(reason ? [`by ${reason}`] : []),
  ]
  return `is: ${parts.join(', ')}`
}

function change({ action, request, n }: RequestChange): string {
  return `request ${request} ${action}${n === undefined ? '' : ` (${n})`}`
}

function performed(effect: Effect): string[] {
  if (effect.kind === 'wake') return [`wake-up ${effect.generation} at ${instant(effect.at)}`]
  if (effect.kind === 'disarm') return ['no wake-up any more']
  if (effect.kind === 'call') {
    const { call, step, method, url, timeoutMs } = effect.call
    return [`call ${call} of ${step}, within ${timeoutMs} ms: ${method} ${url}`]
  }
  return effect.kind === 'forget' ? [`forgets all up to event ${effect.seq}`] : []
}

function timersOf({ state }: StoredRecord): string {
  const timers = [...(state.timers ?? [])].sort((one, other) => one.due - other.due)
  return timers.map((timer) => `${nameOf(timer)} ${instant(timer.due)}`).join(', ') || 'none'
}

function nameOf({ id }: Timer): string {
  return id.split('.')[2] ?? id
}

function typeOf({ subject }: Brought): string {
  return subject.split('.').slice(4).join('.')
}

/** Its id, where its publisher chose one that matters to the story. */
function idOf({ id }: Brought): string {
  return /^(e\d+)?$/.test(id) ? '' : ` ${id}`
}

function shortened(text: string): string {
  return text.length > 300 ? `${[...text].slice(0, 60).join('')}… (${text.length} UTF-16 units)` : text
}

function instant(at: number): string {
  return new Date(at).toISOString()
}

function settingsOf({ channel, schedules, bots, strictChannels }: Setting): string[] {
  return [
    ...(channel ? Object.entries(channel).map(([key, value]) => `${key}: ${JSON.stringify(value)}`) : []),
    ...(schedules ?? []).map((schedule) => `schedule: ${JSON.stringify(schedule)}`),
    ...(bots ?? []).flatMap((bot) => botLines(bot as Partial<BotFlow>)),
    ...(strictChannels ? ['strict channels'] : []),
  ]
}

/** A line a step. */
function botLines({ answers = [], ...bot }: Partial<BotFlow>): string[] {
  return [
    `bot: ${JSON.stringify(bot)}`,
    ...answers.flatMap(({ id, steps }) => [`${id}:`, ...indented(steps.map((step) => JSON.stringify(step)))]),
  ]
}

function indented(lines: string[]): string[] {
  return (lines.length > 0 ? lines : ['nothing']).map((line) => `    ${line}`)
}

/** As comments of at most a hundred columns. */
function wrapped(text: string): string[] {
  const lines = ['#']
  for (const word of text.split(/\s+/)) {
    const line = `${lines.at(-1)} ${word}`
    if (line.length > 100) lines.push(`# ${word}`)
    else lines[lines.length - 1] = line
  }
  return lines
}
