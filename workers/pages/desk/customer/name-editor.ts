import { html, nothing } from 'lit'
import type { OpenRequest } from '../../../../schemas/conversation/notification.ts'
import { nameLengthMax } from '../../../../schemas/limits.ts'
import { icons } from '../../base/icons.ts'
import { words } from '../language.ts'

/** Corrects the customer's name; nothing where the company's login says it. */
export function nameEditor({ customer }: OpenRequest, correct: (name: string) => void) {
  if (customer.verified && customer.name !== null) return nothing
  const save = (event: Event) => {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const name = (form.elements.namedItem('customer-name') as HTMLInputElement).value.trim()
    form.hidePopover()
    if (name !== '' && name !== customer.name) correct(name)
  }
  const shown = (event: Event) => {
    const form = event.target as HTMLFormElement
    // A text that was not saved is dropped.
    if ((event as ToggleEvent).newState === 'closed') form.reset()
    else form.querySelector('input')?.select()
  }
  return html`<button class="button quiet icon small" type="button" popovertarget="rename" title=${words.correctName}>
      ${icons.edit}<span class="visually-hidden">${words.correctName}</span>
    </button>
    <form id="rename" class="rename" popover aria-label=${words.correctName} @submit=${save} @toggle=${shown}>
      <label for="customer-name">${words.customerName}</label>
      <input
        class="field"
        id="customer-name"
        name="customer-name"
        autofocus
        required
        dir="auto"
        maxlength=${nameLengthMax}
        autocomplete="off"
        value=${customer.name ?? ''}
      />
      <div class="actions end"><button class="button primary">${words.saveName}</button></div>
    </form>`
}
