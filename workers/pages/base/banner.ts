import { html, nothing, type TemplateResult } from 'lit'
import { icons } from './icons.ts'

/**
 * A notice above or among what it is about, announced at once.
 *
 * @param content a sentence, or several elements, one below the other
 * @param id for one that takes the focus
 */
export function banner(meaning: 'warning' | 'danger', content: TemplateResult | string, id?: string) {
  return html`
    <section class="banner ${meaning}" role="alert" id=${id ?? nothing} tabindex=${id ? '-1' : nothing}>
      ${icons.warning}
      <div>${typeof content === 'string' ? html`<p>${content}</p>` : content}</div>
    </section>
  `
}

/** A question before something is done that cannot be undone, in the place of its button. */
export function confirmation(
  question: TemplateResult | string,
  action: string,
  { cancel, confirm, decline }: { cancel: string; confirm: () => void; decline: () => void },
) {
  return html`
    <div class="banner danger confirmation" role="group" aria-label=${action}>
      <div>
        ${typeof question === 'string' ? html`<p>${question}</p>` : question}
        <p class="actions">
          <button type="button" class="button" @click=${decline}>${cancel}</button>
          <button type="button" class="button danger" @click=${confirm}>${action}</button>
        </p>
      </div>
    </div>
  `
}
