import { html, nothing } from 'lit'
import { agentFieldLengthMax } from '../../../../schemas/limits.ts'
import { words } from '../language.ts'

interface ConfirmActions {
  end(): void
  release(reason: string): void
  cancel(): void
}

/** The question before a conversation is ended or released. Ids end with the conversation's. */
export function confirmForm(action: 'release' | 'end', conversation: string, actions: ConfirmActions) {
  const isEnd = action === 'end'
  const submit = (event: Event) => {
    event.preventDefault()
    const reason = new FormData(event.target as HTMLFormElement).get('reason')
    if (isEnd) actions.end()
    else actions.release(String(reason ?? '').trim())
  }
  const keydown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    actions.cancel()
  }
  const field = `reason-${conversation}`
  const question = `question-${conversation}`
  return html`<form class="confirm" @submit=${submit} @keydown=${keydown}>
    <p id=${question}>${isEnd ? words.endMore : words.releaseMore}</p>
    ${
      isEnd
        ? nothing
        : html`<label for=${field}>${words.releaseReason}</label>
            <input class="field" id=${field} name="reason" maxlength=${agentFieldLengthMax} autocomplete="off" />`
    }
    <div class="actions">
      <button class="button ${isEnd ? 'danger' : 'primary'}" type="submit" aria-describedby=${question}>
        ${isEnd ? words.endConfirm : words.releaseConfirm}
      </button>
      <button class="button quiet" type="button" @click=${actions.cancel}>${words.cancel}</button>
    </div>
  </form>`
}
