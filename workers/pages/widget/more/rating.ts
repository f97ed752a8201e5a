import type { TemplateResult } from 'lit/html.js'
import { ratedWithinMs, textLengthMax } from '../../../../schemas/limits.ts'
import type { WidgetView } from '../view.ts'
import { html, nothing } from './lit.ts'
import { inWords } from './more-words.ts'

/** The question how an ended conversation was, or the thanks for the answer. */
export function rating(view: WidgetView): TemplateResult | symbol {
  const words = inWords(view)
  const { session } = view
  const { rating, sent } = session.conversation
  if (rating === 'given' || sent.some(({ event }) => event.type === 'rate'))
    return html`<p role="status">${words.rated}</p>`
  if (!rating || Date.now() - Date.parse(rating) > ratedWithinMs) return nothing
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.target as HTMLFormElement)
    const text = `${fields.get('text')}`.trim()
    session.deliver({ type: 'rate', score: Number(fields.get('score')), ...(text && { text }) })
  }
  // The choice shows more of the form, which may be below the visible part.
  const chosen = ({ currentTarget }: Event) =>
    (currentTarget as HTMLFormElement).scrollIntoView({ block: 'nearest' })
  return html`<form part="rating" @change=${chosen} @submit=${submit}>
    <fieldset>
      <legend>${words.rate}</legend>
      ${[1, 2, 3, 4, 5].map((score) => {
        const name = words[`score${score}` as 'score1']
        return html`<input type="radio" name="score" value=${score} title=${name} aria-label=${name} required>`
      })}
    </fieldset>
    <p>1: ${words.score1} · 5: ${words.score5}</p>
    <div class="more">
      <label>${words.rateMore}<input name="text" maxlength=${textLengthMax}></label>
      <button class="wide">${words.send}</button>
    </div>
  </form>`
}
