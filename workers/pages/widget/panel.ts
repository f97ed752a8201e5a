import { guard } from 'lit/directives/guard.js'
import { html, nothing, type TemplateResult } from 'lit/html.js'
import type { FormField } from '../../../schemas/conversation/record.ts'
import { fieldTypes } from '../../../schemas/field-types.ts'
import type { WidgetWords } from '../base/words.ts'
import { type Conversation, type Line, type Sent, sentText } from './conversation.ts'
import type { Draft } from './memory.ts'

/** All that is on the screen. */
export interface View {
  words: WidgetWords
  /** For dates. */
  locale: string
  title: string
  direction: string
  isOpen: boolean
  /** Fills its element, without a launcher. */
  isInline: boolean
  unread: number
  conversation: Conversation
  draft: Draft
  /** The text is over its limit. */
  isTooLong: boolean
  /** Not connected: not yet, or not any more. */
  isBroken: boolean
  isCut: boolean
  /** Something that went wrong, in words. */
  trouble: string
  isAskingToEnd: boolean
  /** There is something new below what is in view. */
  hasNewBelow: boolean
  actions: Actions
}

export interface Actions {
  toggle(): void
  askToEnd(isAsking: boolean): void
  end(): void
  startAnew(): void
  write(text: string): void
  say(): void
  choose(option: string): void
  fill(field: string, value: string): void
  submit(): void
  scrolled(): void
  scrollToEnd(): void
}

/** A pause after which the time is said again, in milliseconds. */
const pauseMs = 15 * 60_000

const icons = {
  chat: 'M4 5h16v11H10l-5 4v-4H4z',
  close: 'M6 6l12 12M18 6L6 18',
  down: 'M6 9l6 6 6-6',
  send: 'M12 19V5M6 11l6-6 6 6',
  pending: 'M12 8v4l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  stored: 'M5 13l4 4L19 7',
  delivered: 'M2 13l4 4L16 7M11 16l1 1L22 7',
}

export function widget(view: View): TemplateResult {
  const { words, isOpen, isInline, unread, direction, actions } = view
  const label = isOpen ? words.close : words.open
  return html`<div class="root" lang=${words.language} dir=${direction}>
    ${isOpen ? panel(view) : nothing}
    ${
      isInline
        ? nothing
        : html`<button
            class="launcher"
            part="launcher"
            aria-label=${unread ? `${label}, ${words.unread(unread)}` : label}
            aria-expanded=${isOpen}
            @click=${actions.toggle}
          >
            ${icon(isOpen ? 'down' : 'chat')}
            ${unread ? html`<span class="badge" part="badge" aria-hidden="true">${unread > 99 ? '99+' : unread}</span>` : nothing}
          </button>`
    }
  </div>`
}

function panel(view: View): TemplateResult {
  const { words, title, isInline, trouble, isBroken, isCut, actions, hasNewBelow } = view
  const { status, lines, sent, form, options } = view.conversation
  const isOver = status?.state === 'ended'
  const canEnd = status && !isOver && status.state !== 'greeting'
  return html`<section class="panel" part="panel" role="dialog" aria-labelledby="title" tabindex="-1">
    <div class="header" part="header">
      <div>
        <h2 id="title" part="title">${title}</h2>
        ${status?.agent?.name && !isOver ? html`<p>${words.with(status.agent.name)}</p>` : nothing}
      </div>
      ${canEnd ? html`<button class="end" aria-label=${words.end} @click=${() => actions.askToEnd(true)}>${words.endShort}</button>` : nothing}
      ${
        isInline
          ? nothing
          : html`<button class="close" aria-label=${words.close} @click=${actions.toggle}>${icon('close')}</button>`
      }
    </div>
    ${canEnd && view.isAskingToEnd ? endQuestion(view) : nothing}
    <div role="status">
      ${isBroken ? html`<p class="banner late">${isCut ? words.reconnecting : words.connecting}</p>` : nothing}
      ${trouble ? html`<p class="banner">${trouble}</p>` : nothing}
    </div>
    <div class="scroller" part="transcript" role="region" aria-label=${words.transcript} tabindex="0" @scroll=${actions.scrolled}>
      <div class="log" role="log" aria-relevant="additions">${guard([lines, sent, view.locale], () => transcript(view))}</div>
      ${options.length > 0 && !isOver ? choices(view) : nothing}
      ${form.length > 0 ? detailsForm(view) : nothing}
      ${present(view)}
      ${
        isOver
          ? html`<div class="over">
              ${lines.at(-1)?.type === 'notice' ? nothing : html`<p>${words.ended}</p>`}
              <button class="wide" @click=${actions.startAnew}>${words.startAnew}</button>
            </div>`
          : nothing
      }
    </div>
    ${hasNewBelow ? html`<button class="new" @click=${actions.scrollToEnd}>${words.newMessages} ${icon('down')}</button>` : nothing}
    ${composer(view, isOver)}
  </section>`
}

function endQuestion({ words, actions }: View): TemplateResult {
  return html`<div class="banner question" role="group" aria-label=${words.endConfirm}>
    <p>${words.endConfirm}</p>
    <button @click=${actions.end}>${words.end}</button>
    <button @click=${() => actions.askToEnd(false)}>${words.keep}</button>
  </div>`
}

function transcript(view: View): TemplateResult[] {
  const { lines, sent } = view.conversation
  const shown = lines.filter(({ text }) => text)
  const said = shown.map((line, index) => spoken(view, line, shown[index - 1]))
  let before = shown.at(-1)
  for (const one of sent) {
    const text = sentText(one)
    if (text === undefined) continue
    const line: Line = { id: '', sequence: 0, author: { type: 'customer' }, type: 'text', text, at: one.at }
    said.push(spoken(view, line, before, one))
    before = line
  }
  return said
}

function spoken(view: View, { author, type, text, at }: Line, before?: Line, sent?: Sent): TemplateResult {
  const { words, locale } = view
  const time = new Date(at)
  const pause = before ? time.getTime() - Date.parse(before.at) : Number.POSITIVE_INFINITY
  const isFirst = pause > pauseMs || author.type !== before?.author.type || author.name !== before.author.name
  const name =
    author.name || words[author.type === 'customer' ? 'you' : author.type === 'agent' ? 'agent' : 'bot']
  return html`${pause > pauseMs ? html`<p class="time">${said(time, locale)}</p>` : nothing}
    ${
      type === 'notice'
        ? html`<p class="notice" part="notice">${text}</p>`
        : html`<div class="line ${author.type} ${isFirst ? 'first' : ''}">
            ${isFirst ? html`<p class="name ${author.type === 'agent' ? '' : 'visually-hidden'}">${name}</p>` : nothing}
            <p class="bubble" part="bubble ${author.type}" title=${said(time, locale)} dir="auto">${text}${
              author.type === 'customer' ? tick(words, sent) : nothing
            }</p>
            ${sent?.refused ? html`<p class="error">${words.notSent}</p>` : nothing}
          </div>`
    }`
}

function tick(words: WidgetWords, sent?: Sent): TemplateResult | typeof nothing {
  if (sent?.refused) return nothing
  const delivery = !sent ? 'delivered' : sent.isStored ? 'stored' : 'pending'
  return html` <span class="tick">${icon(delivery)}<span class="visually-hidden">${words[delivery]}</span></span>`
}

/** Who is typing, or the place in the queue. */
function present({ words, locale, conversation: { typing, place } }: View): TemplateResult {
  const minutes = Math.ceil((place?.waitSeconds ?? 0) / 60)
  const [count, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.round(minutes / 60), 'hour']
  const duration = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
  return html`<div role="status">
    ${
      typing
        ? html`<p class="typing"><span class="visually-hidden">${words.typing(typing.name || words.agent)}</span><i></i><i></i><i></i></p>`
        : nothing
    }
    ${
      place
        ? html`<p class="notice" part="queue">
            ${place.position === 1 ? words.next : words.place(place.position)}${minutes ? ` · ${words.wait(duration)}` : ''}
          </p>`
        : nothing
    }
  </div>`
}

function choices({ conversation: { options, sent }, actions }: View): TemplateResult {
  const isChosen = sent.some(({ event }) => event.type === 'option')
  return html`<div class="choices" part="options">
    ${options.map(
      (option) =>
        html`<button class="wide" ?disabled=${isChosen} @click=${() => actions.choose(option)}>${option}</button>`,
    )}
  </div>`
}

function detailsForm(view: View): TemplateResult {
  const { words, conversation, actions } = view
  const isSending = conversation.sent.some(({ event }) => event.type === 'details')
  const submit = (event: Event) => {
    event.preventDefault()
    if (!isSending) actions.submit()
  }
  return html`<form part="form" novalidate @submit=${submit}>
    ${conversation.form.map((field, index) => formField(view, field, `field-${index}`))}
    <button class="wide primary" aria-disabled=${isSending}>${isSending ? words.pending : words.submit}</button>
  </form>`
}

function formField(
  { words, conversation, draft, actions }: View,
  field: FormField,
  id: string,
): TemplateResult {
  const error = conversation.fieldErrors[field.id]
  const value = draft.fields[field.id] ?? ''
  const type = fieldTypes[field.type]
  const fill = ({ target }: Event) => actions.fill(field.id, (target as HTMLInputElement).value)
  return html`<div class="field">
    <label for=${id}>${field.label}</label>
    ${
      type.hasOptions
        ? html`<select id=${id} aria-required="true" aria-invalid=${!!error} aria-describedby="${id}-error" @change=${fill}>
            <option value="" ?selected=${!value}>${words.choose}</option>
            ${field.options?.map((option) => html`<option ?selected=${option === value}>${option}</option>`)}
          </select>`
        : // Not type="email": browsers rewrite such an address before anybody can say what is wrong with it.
          html`<input
            id=${id}
            .value=${value}
            maxlength="4096"
            inputmode=${type.inputMode}
            autocomplete=${field.id === 'name' ? 'name' : type.autocomplete}
            autocapitalize=${type.autocapitalize}
            spellcheck="false"
            aria-required="true"
            aria-invalid=${!!error}
            aria-describedby="${id}-error"
            @input=${fill}
          >`
    }
    <p class="error" id="${id}-error">
      ${error ? words.fieldErrors[error].replace('{{limit}}', `${conversation.limit}`) : ''}
    </p>
  </div>`
}

function composer({ words, draft, isTooLong, actions }: View, isOver: boolean): TemplateResult {
  const placeholder = isOver ? words.writeAnew : words.write
  const keydown = (event: KeyboardEvent) => {
    // An input method's Enter takes its suggestion.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    actions.say()
  }
  return html`<div class="composer" part="composer">
    ${isTooLong ? html`<p class="error" role="alert" id="too-long">${words.fieldErrors.too_long.replace('{{limit}}', '4096')}</p>` : nothing}
    <div class="grow" data-text=${draft.text}>
      <textarea
        id="text"
        rows="1"
        enterkeyhint="send"
        placeholder=${placeholder}
        aria-label=${placeholder}
        aria-describedby=${isTooLong ? 'too-long' : nothing}
        aria-invalid=${isTooLong}
        .value=${draft.text}
        @input=${({ target }: Event) => actions.write((target as HTMLTextAreaElement).value)}
        @keydown=${keydown}
      ></textarea>
    </div>
    <button class="send" part="send" aria-label=${words.send} aria-disabled=${!draft.text.trim()} @click=${actions.say}>
      ${icon('send')}
    </button>
  </div>`
}

function icon(name: keyof typeof icons): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${icons[name]}></path></svg>`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Today's times without their day. */
function said(time: Date, locale: string): string {
  const isToday = time.toDateString() === new Date().toDateString()
  const key = `${locale} ${isToday}`
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(locale, { ...(!isToday && { dateStyle: 'medium' }), timeStyle: 'short' })
  // Making one takes longer than using it a hundred times.
  formats.set(key, format)
  return format.format(time)
}
