import { html, nothing } from 'lit'
import type { BotKind } from '../../../schemas/configuration/bot.ts'
import type { Kind } from '../../../schemas/configuration/document.ts'
import { labelLengthMax } from '../../../schemas/limits.ts'
import { words } from './language.ts'
import { linkTo } from './route.ts'

/** What a new document begins with, until its editor takes it up. */
export const beginnings = new Map<string, { name: string; botKind?: BotKind }>()

/** Asks for a new document's name and id, and opens its editor; nothing is saved yet. */
export function newDialog(kind: Kind, taken: readonly string[], suggestion: string) {
  const isChannel = kind === 'channel'
  const title = { channel: words.newChannel, schedule: words.newSchedule, bot: words.newBot }[kind]
  const inputs = (form: HTMLFormElement) =>
    form.elements as unknown as Record<'name' | 'id', HTMLInputElement> & { botKind?: HTMLSelectElement }
  const begin = (event: SubmitEvent) => {
    const form = event.target as HTMLFormElement
    const { name, id, botKind } = inputs(form)
    beginnings.set(`${kind}.${id.value}`, {
      name: name.value.trim(),
      ...(botKind && { botKind: botKind.value as BotKind }),
    })
    location.hash = linkTo(`${kind}s`, id.value)
    form.reset()
  }
  const check = (event: Event) => {
    const { name, id } = inputs((event.target as HTMLInputElement).form as HTMLFormElement)
    if (event.target === id) id.dataset.typed = 'yes'
    else if (!id.dataset.typed && suggestion === '') id.value = idFrom(name.value)
    id.setCustomValidity(taken.includes(id.value) ? words.idTaken(id.value) : '')
  }
  const close = (event: Event) => (event.target as HTMLElement).closest('dialog')?.close()
  return html`
    <dialog aria-labelledby="new-title">
      <form method="dialog" @submit=${begin} @input=${check}>
        <h2 id="new-title">${title}</h2>
        <label for="new-name">${words.name} <span class="optional">${words.optional}</span></label>
        <input class="field" id="new-name" name="name" maxlength=${labelLengthMax} autocomplete="off" aria-describedby="new-name-hint">
        <p class="hint" id="new-name-hint">${isChannel ? words.channelNameHint : words.scheduleNameHint}</p>
        <label for="new-id">${words.id}</label>
        <input class="field" id="new-id" name="id" required pattern="[A-Za-z0-9_\\-]{1,64}" title=${words.problems.not_a_token()}
          value=${suggestion} autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="new-id-hint">
        <p class="hint" id="new-id-hint">${isChannel ? words.channelIdHint : words.scheduleIdHint}</p>
        ${kind === 'bot' ? botKindField() : nothing}
        <p class="actions end">
          <button type="button" class="button" @click=${close}>${words.cancel}</button>
          <button class="button primary">${words.goOn}</button>
        </p>
      </form>
    </dialog>
  `
}

function botKindField() {
  return html`
    <label for="new-kind">${words.kind}</label>
    <select class="field" id="new-kind" name="botKind" aria-describedby="new-kind-hint">
      ${(['flow', 'external', 'machine'] as const).map(
        (kind) => html`<option value=${kind}>${words.botKinds[kind]}</option>`,
      )}
    </select>
    <ul class="hint" id="new-kind-hint">
      ${(['flow', 'external', 'machine'] as const).map(
        (kind) => html`<li>${words.botKinds[kind]}: ${words.botKindHints[kind]}</li>`,
      )}
    </ul>
  `
}

/** A name as an id: `Support Paris` is `support-paris`. */
export function idFrom(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
}
