import { html, nothing, type TemplateResult } from 'lit/html.js'
import { textLengthMax } from '../../../schemas/limits.ts'
import { detailsForm } from './details-form.ts'
import { icon } from './icons.ts'
import type { WidgetView } from './view.ts'

/** The launcher and, while it is open, the panel with an empty transcript. */
export function widget(view: WidgetView): TemplateResult {
  const { words, isOpen, isInline, direction } = view
  return html`<div class="root" lang=${words.language} dir=${direction}>
    ${isOpen ? panel(view) : nothing} ${isInline ? nothing : launcher(view)}
  </div>`
}

function launcher({ words, isOpen, unread, actions }: WidgetView): TemplateResult {
  const label = isOpen ? words.close : words.open
  const count = unread > 99 ? '99+' : unread
  return html`<button
    class="launcher"
    part="launcher"
    aria-label=${unread ? `${label}, ${words.unread(unread)}` : label}
    aria-expanded=${isOpen}
    @click=${actions.toggle}
  >
    ${icon(isOpen ? 'down' : 'chat')}
    ${unread ? html`<span class="badge" part="badge" aria-hidden="true">${count}</span>` : nothing}
  </button>`
}

function panel(view: WidgetView): TemplateResult {
  const { words, trouble, isOffline, isCut, actions, hasNewBelow } = view
  const { status, lines, form, options } = view.conversation
  const isOver = status?.state === 'ended'
  const canEnd = status && !isOver && status.state !== 'greeting'
  return html`<section class="panel" part="panel" role="dialog" aria-labelledby="title" tabindex="-1">
    ${header(view, canEnd)} ${canEnd && view.isAskingToEnd ? endQuestion(view) : nothing}
    <div role="status">
      ${isOffline ? html`<p class="banner late">${isCut ? words.reconnecting : words.connecting}</p>` : nothing}
      ${trouble ? html`<p class="banner">${trouble}</p>` : nothing}
    </div>
    <div
      class="scroller"
      part="transcript"
      role="region"
      aria-label=${words.transcript}
      tabindex="0"
      @scroll=${actions.scrolled}
    >
      <div class="log" role="log" aria-relevant="additions"></div>
      ${options.length > 0 && !isOver ? choices(view) : nothing}
      ${form.length > 0 ? detailsForm(view) : nothing}
      ${presence(view)}
      ${
        isOver
          ? html`<div class="over">
              ${lines.at(-1)?.type === 'notice' ? nothing : html`<p>${words.ended}</p>`}
              <button class="wide" @click=${actions.startAnew}>${words.startAnew}</button>
            </div>`
          : nothing
      }
    </div>
    ${
      hasNewBelow
        ? html`<button class="new" @click=${actions.scrollToEnd}>${words.newMessages} ${icon('down')}</button>`
        : nothing
    }
    ${composer(view, isOver)}
  </section>`
}

function header(
  { words, title, isInline, conversation, actions }: WidgetView,
  canEnd = false,
): TemplateResult {
  const { status } = conversation
  const agent = status?.state === 'ended' ? '' : status?.agent?.name
  return html`<div class="header" part="header">
    <div>
      <h2 id="title" part="title">${title}</h2>
      ${agent ? html`<p>${words.with(agent)}</p>` : nothing}
    </div>
    ${
      canEnd
        ? html`<button class="end" aria-label=${words.end} @click=${() => actions.askToEnd(true)}>
            ${words.endShort}
          </button>`
        : nothing
    }
    ${
      isInline
        ? nothing
        : html`<button class="close" aria-label=${words.close} @click=${actions.toggle}>${icon('close')}</button>`
    }
  </div>`
}

function endQuestion({ words, actions }: WidgetView): TemplateResult {
  return html`<div class="banner question" role="group" aria-label=${words.endConfirm}>
    <p>${words.endConfirm}</p>
    <button @click=${actions.end}>${words.end}</button>
    <button @click=${() => actions.askToEnd(false)}>${words.keep}</button>
  </div>`
}

/** The agent who is typing, and the customer's place in the queue. */
function presence({ words, locale, conversation: { typing, place } }: WidgetView): TemplateResult {
  const minutes = Math.ceil((place?.waitSeconds ?? 0) / 60)
  const [count, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.round(minutes / 60), 'hour']
  const duration = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
  return html`<div role="status">
    ${
      typing
        ? html`<p class="typing">
            <span class="visually-hidden">${words.typing(typing.name || words.agent)}</span><i></i><i></i><i></i>
          </p>`
        : nothing
    }
    ${
      place
        ? html`<p class="notice" part="queue">
            ${place.position === 1 ? words.next : words.place(place.position)}${
              minutes ? ` · ${words.wait(duration)}` : ''
            }
          </p>`
        : nothing
    }
  </div>`
}

function choices({ conversation: { options, sent }, actions }: WidgetView): TemplateResult {
  const isChosen = sent.some(({ event }) => event.type === 'option')
  return html`<div class="choices" part="options">
    ${options.map((option) => {
      const choose = () => actions.deliver({ type: 'option', option })
      return html`<button class="wide" ?disabled=${isChosen} @click=${choose}>${option}</button>`
    })}
  </div>`
}

function composer({ words, draft, isTooLong, actions }: WidgetView, isOver: boolean): TemplateResult {
  const placeholder = isOver ? words.writeAnew : words.write
  const error = isTooLong ? words.fieldErrors.too_long.replace('{{limit}}', String(textLengthMax)) : ''
  const keydown = (event: KeyboardEvent) => {
    // An input method's Enter accepts its suggestion.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    actions.say()
  }
  return html`<div class="composer" part="composer">
    ${error ? html`<p class="error" role="alert" id="too-long">${error}</p>` : nothing}
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
    <button
      class="send"
      part="send"
      aria-label=${words.send}
      aria-disabled=${!draft.text.trim()}
      @click=${actions.say}
    >
      ${icon('send')}
    </button>
  </div>`
}
