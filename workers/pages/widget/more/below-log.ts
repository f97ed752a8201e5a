import type { TemplateResult } from 'lit/html.js'
import { fillIn } from '../../../../engine/texts/fill.ts'
import { textLengthMax } from '../../../../schemas/limits.ts'
import type { WidgetView } from '../view.ts'
import { detailsForm } from './details-form.ts'
import { html, nothing } from './lit.ts'
import { inWords } from './more-words.ts'
import { rating } from './rating.ts'

/** Everything in the scrolled part of the panel below the transcript. */
export function belowLog(view: WidgetView): TemplateResult {
  const { session, actions } = view
  const { status, lines, form, options } = session.conversation
  const words = inWords(view)
  const isOver = status?.state === 'ended'
  return html`${options.length > 0 && !isOver ? choices(view) : nothing}
    ${form.length > 0 ? detailsForm(view) : nothing} ${presence(view)}
    ${
      isOver && !session.isRefused
        ? html`<div class="over">
            ${lines.at(-1)?.type === 'notice' ? nothing : html`<p>${words.ended}</p>`} ${rating(view)}
            <button class="wide" @click=${actions.startAnew}>${words.startAnew}</button>
          </div>`
        : nothing
    }`
}

/** The fault of a text that is longer than the gateway accepts. */
export function tooLong(view: WidgetView): string {
  return fillIn(inWords(view).fieldErrors.too_long, { limit: String(textLengthMax) })
}

export function endQuestion(view: WidgetView): TemplateResult {
  const words = inWords(view)
  const { actions } = view
  return html`<div class="banner question" role="group" aria-label=${words.endConfirm}>
    <p>${words.endConfirm}</p>
    <button @click=${actions.end}>${words.end}</button>
    <button @click=${() => actions.askToEnd(false)}>${words.keep}</button>
  </div>`
}

/** The agent who is typing, and the customer's place in the queue. */
function presence(view: WidgetView): TemplateResult {
  const words = inWords(view)
  const { locale, session } = view
  const { typing, place } = session.conversation
  const minutes = Math.ceil((place?.waitSeconds ?? 0) / 60)
  const [count, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.round(minutes / 60), 'hour']
  const duration = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
  return html`<div role="status">
    ${
      typing
        ? html`<p class="typing">
            <span class="visually-hidden">${fillIn(words.typing, { name: typing.name || words.agent })}</span><i></i><i></i><i></i>
          </p>`
        : nothing
    }
    ${
      place
        ? html`<p class="notice" part="queue">
            ${place.position === 1 ? words.next : fillIn(words.place, { position: place.position.toLocaleString(locale) })}${
              minutes ? ` · ${fillIn(words.wait, { duration })}` : ''
            }
          </p>`
        : nothing
    }
  </div>`
}

function choices({ session }: WidgetView): TemplateResult {
  const { options, sent } = session.conversation
  const isChosen = sent.some(({ event }) => event.type === 'option')
  return html`<div class="choices" part="options">
    ${options.map((option) => {
      const choose = () => session.deliver({ type: 'option', option })
      return html`<button class="wide" ?disabled=${isChosen} @click=${choose}>${option}</button>`
    })}
  </div>`
}
