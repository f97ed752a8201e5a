import { html, nothing, type TemplateResult } from 'lit/html.js'
import { type SentEvent, sentText, type TranscriptLine } from '../../client/conversation.ts'
import { linkedText, saidText } from '../base/text/shown-text.ts'
import type { WidgetWords } from '../base/words.ts'
import { icon } from './icons.ts'
import type { WidgetView } from './view.ts'

/** A pause after which the time is shown again, in milliseconds. */
const pauseMs = 15 * 60_000

export function transcript(view: WidgetView): TemplateResult[] {
  const { lines, sent } = view.session.conversation
  const shown = lines.filter(({ text, attachments }) => text || attachments)
  const templates = shown.map((line, index) => transcriptLine(view, line, shown[index - 1]))
  let before = shown.at(-1)
  for (const event of sent) {
    const text = sentText(event)
    if (text === undefined) continue
    const author = { type: 'customer' } as const
    // With its files.
    const line = {
      ...event.event,
      id: '',
      sequence: 0,
      author,
      type: 'text',
      text,
      at: event.at,
    } as TranscriptLine
    templates.push(transcriptLine(view, line, before, event))
    before = line
  }
  return templates
}

function transcriptLine(
  view: WidgetView,
  { author, type, text, at, attachments }: TranscriptLine,
  before?: TranscriptLine,
  sent?: SentEvent,
): TemplateResult {
  const { words, locale, session } = view
  const time = timeOf(new Date(at), locale)
  const pause = before ? Date.parse(at) - Date.parse(before.at) : Number.POSITIVE_INFINITY
  const isFirst = pause > pauseMs || author.type !== before?.author.type || author.name !== before.author.name
  const byType = { customer: words.you, agent: words.agent, bot: words.bot, system: words.bot }
  const name = author.name || byType[author.type]
  return html`${pause > pauseMs ? html`<p class="time">${time}</p>` : nothing}
    ${
      type === 'notice'
        ? html`<p class="notice" part="notice">${linkedText(text)}</p>`
        : html`<div class="line ${author.type} ${isFirst ? 'first' : ''}">
            ${isFirst ? html`<p class="name ${author.type === 'agent' ? '' : 'visually-hidden'}">${name}</p>` : nothing}
            <div class="bubble" part="bubble ${author.type}" title=${time} dir="auto">${
              attachments && (session.files?.shown(view, attachments) ?? attachments.map(({ name }) => name))
            }${saidText(
              text,
              author.type !== 'customer',
            )}${author.type === 'customer' ? tick(words, sent) : nothing}</div>
            ${sent?.refused ? html`<p class="error">${words.notSent}</p>` : nothing}
          </div>`
    }`
}

function tick(words: WidgetWords, sent?: SentEvent): TemplateResult | typeof nothing {
  if (sent?.refused) return nothing
  const delivery = !sent ? 'delivered' : sent.isStored ? 'stored' : 'pending'
  return html` <span class="tick">${icon(delivery)}<span class="visually-hidden">${words[delivery]}</span></span>`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** The time; with its day unless that is today. */
function timeOf(time: Date, locale: string): string {
  const isToday = +time >= new Date().setHours(0, 0, 0, 0)
  const key = `${locale} ${isToday}`
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(locale, { ...(!isToday && { dateStyle: 'medium' }), timeStyle: 'short' })
  // Creating a format takes longer than using it a hundred times.
  formats.set(key, format)
  return format.format(time)
}
