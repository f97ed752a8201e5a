import { html, nothing, type TemplateResult } from 'lit/html.js'
import { fillIn } from '../../../engine/texts/fill.ts'
import { isComposing } from '../base/keys.ts'
import { icon } from './icons.ts'
import type { WidgetView } from './view.ts'
import { counted } from './widget-words.ts'

/** The launcher and, while it is open, the panel with an empty transcript. */
export function widget(view: WidgetView): TemplateResult {
  const { words, isOpen, isInline, direction } = view
  return html`<div class="root" popover="manual" lang=${words.language} dir=${direction}>
    ${isOpen ? panel(view) : nothing} ${isInline ? nothing : launcher(view)}
  </div>`
}

function launcher({ words, locale, isOpen, session, actions }: WidgetView): TemplateResult {
  const unread = isOpen ? 0 : session.unread
  const label = isOpen ? words.close : words.open
  const count = unread > 99 ? '99+' : unread.toLocaleString(locale)
  return html`<button
    class="launcher"
    part="launcher"
    aria-label=${unread ? `${label}, ${counted(words.unread, unread, locale)}` : label}
    aria-expanded=${isOpen}
    @click=${actions.toggle}
  >
    ${icon(isOpen ? 'down' : 'chat')}
    ${unread ? html`<span class="badge" part="badge" aria-hidden="true">${count}</span>` : nothing}
  </button>`
}

function panel(view: WidgetView): TemplateResult {
  const { words, actions, hasNewBelow, more } = view
  const { trouble, isOffline, isRefused, isCut, conversation } = view.session
  const { status } = conversation
  const isOver = status?.state === 'ended'
  const canEnd = status && !isOver && status.state !== 'greeting' && !isRefused
  return html`<dialog class="panel" part="panel" aria-labelledby="title" @close=${actions.closed}>
    ${header(view, canEnd)} ${canEnd && view.isAskingToEnd ? more?.endQuestion(view) : nothing}
    <div role="status">
      ${isOffline ? html`<p class="banner late">${isCut ? words.reconnecting : words.connecting}</p>` : nothing}
      ${trouble ? html`<p class="banner">${words[trouble]}</p>` : nothing}
    </div>
    <div
      class="scroller"
      part="transcript"
      role="region"
      aria-label=${words.transcript}
      tabindex="0"
      @scroll=${actions.scrolled}
    >
      ${view.session.former?.render(view)}
      <div class="log" role="log" aria-relevant="additions"></div>
      ${more?.belowLog(view)}
    </div>
    ${
      hasNewBelow
        ? html`<button class="new" @click=${actions.scrollToEnd}>${words.newMessages} ${icon('down')}</button>`
        : nothing
    }
    ${isRefused ? nothing : composer(view, isOver)}
  </dialog>`
}

function header(
  { words, title, logo, isInline, session, actions }: WidgetView,
  canEnd = false,
): TemplateResult {
  const { status } = session.conversation
  const agent = status?.state === 'ended' ? '' : status?.agent?.name
  return html`<div class="header" part="header">
    ${logo ? html`<img src=${logo} alt="" @error=${removed}>` : nothing}
    <div>
      <h2 id="title" part="title" tabindex="-1">${title}</h2>
      ${agent ? html`<p>${fillIn(words.with, { name: agent })}</p>` : nothing}
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

/** The page's content security policy, say, may not allow the image. */
function removed({ target }: Event): void {
  ;(target as HTMLElement).hidden = true
}

function composer(view: WidgetView, isOver: boolean): TemplateResult {
  const { words, session, more, mistake, actions } = view
  const { text } = session.draft
  const placeholder = isOver ? words.writeAnew : words.write
  const error = mistake && more?.tooLong(view)
  const keydown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
    event.preventDefault()
    actions.say()
  }
  return html`<div class="composer" part="composer">
    ${error ? html`<p class="error" role="alert" id="mistake">${error}</p>` : nothing}
    ${isOver ? nothing : session.files?.composer(view)}
    <div class="grow" data-text=${text}>
      <textarea
        id="text"
        rows="1"
        enterkeyhint="send"
        placeholder=${placeholder}
        aria-label=${placeholder}
        aria-describedby=${error ? 'mistake' : nothing}
        aria-invalid=${!!error}
        .value=${text}
        @input=${({ target }: Event) => actions.write((target as HTMLTextAreaElement).value)}
        @keydown=${keydown}
      ></textarea>
    </div>
    <button
      class="send"
      part="send"
      aria-label=${words.send}
      aria-disabled=${!text.trim() && !session.files?.isReady}
      @click=${actions.say}
    >
      ${icon('send')}
    </button>
  </div>`
}
