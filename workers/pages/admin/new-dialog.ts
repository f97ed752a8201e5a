import { html, nothing } from 'lit'
import type { BotKind } from '../../../schemas/configuration/bot.ts'
import type { Kind } from '../../../schemas/configuration/document.ts'
import { labelLengthMax } from '../../../schemas/limits.ts'
import { field, select } from '../base/field.ts'
import { dialog } from '../base/page-parts.ts'
import { optionalLabel } from './editor-parts.ts'
import { words } from './language.ts'
import { linkTo, pageOf } from './route.ts'

/** The beginnings of new documents, until their editors open. */
export const beginnings = new Map<string, { name: string; botKind?: BotKind }>()

/** The problem of the id; empty until somebody goes on with it. */
interface CheckedId {
  error: string
  setError(error: string): void
}

/** Asks for a new document's name and id, and opens its editor; nothing is saved yet. */
export function newDialog(kind: Kind, taken: readonly string[], suggestion: string, checked: CheckedId) {
  const isChannel = kind === 'channel'
  const title = {
    channel: words.newChannel,
    schedule: words.newSchedule,
    calendar: words.newCalendar,
    bot: words.newBot,
    workspace: words.newWorkspace,
    reply: words.newReply,
    webhook: words.newWebhook,
  }[kind]
  const inputs = (form: HTMLFormElement) =>
    form.elements as unknown as Record<'name' | 'id', HTMLInputElement> & { botKind?: HTMLSelectElement }
  const begin = (event: SubmitEvent) => {
    const form = event.target as HTMLFormElement
    const { name, id, botKind } = inputs(form)
    const isTaken = taken.includes(id.value)
    if (isTaken || !id.checkValidity()) {
      event.preventDefault()
      checked.setError(isTaken ? words.idTaken(id.value) : words.problems.not_a_token())
      id.focus()
      return
    }
    beginnings.set(`${kind}.${id.value}`, {
      name: name.value.trim(),
      ...(botKind && { botKind: botKind.value as BotKind }),
    })
    location.hash = linkTo(pageOf(kind), id.value)
    form.reset()
  }
  const check = (event: Event) => {
    const { name, id } = inputs((event.target as HTMLInputElement).form as HTMLFormElement)
    if (event.target === id) id.dataset.typed = 'yes'
    else if (!id.dataset.typed && suggestion === '') id.value = idFrom(name.value)
    checked.setError('')
  }
  const close = (event: Event) => (event.target as HTMLElement).closest('dialog')?.close()
  return dialog(
    'new',
    title,
    html`
      <form class="form" method="dialog" novalidate @submit=${begin} @input=${check}>
        ${field(
          {
            id: 'new-name',
            label: optionalLabel(kind === 'reply' ? words.title : words.name),
            hint: isChannel ? words.channelNameHint : words.scheduleNameHint,
          },
          ({ id, describedBy }) => html`
            <input
              class="field"
              id=${id}
              name="name"
              maxlength=${labelLengthMax}
              autocomplete="off"
              aria-describedby=${describedBy}
            >
          `,
        )}
        ${field(
          {
            id: 'new-id',
            label: words.id,
            hint:
              { channel: words.channelIdHint, calendar: words.calendarIdHint, reply: words.replyIdHint }[
                kind as string
              ] ?? words.scheduleIdHint,
            error: checked.error,
          },
          ({ id, invalid, describedBy }) => html`
            <input
              class="field"
              id=${id}
              name="id"
              required
              pattern="[A-Za-z0-9_\\-]{1,64}"
              aria-invalid=${invalid}
              value=${suggestion}
              autocomplete="off"
              autocapitalize="none"
              spellcheck="false"
              aria-describedby=${describedBy}
            >
          `,
        )}
        ${kind === 'bot' ? botKindField() : nothing}
        <p class="actions end">
          <button type="button" class="button" @click=${close}>${words.cancel}</button>
          <button class="button primary">${words.goOn}</button>
        </p>
      </form>
    `,
    () => checked.setError(''),
  )
}

function botKindField() {
  const kinds = ['flow', 'external', 'machine'] as const
  return field(
    {
      id: 'new-kind',
      label: words.kind,
      hint: kinds.map((kind) => html`${words.botKinds[kind]}: ${words.botKindHints[kind]}<br>`),
    },
    ({ id, describedBy }) =>
      select({
        id,
        name: 'botKind',
        value: 'flow',
        options: kinds.map((kind) => [kind, words.botKinds[kind]] as const),
        describedBy,
      }),
  )
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
