import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import { agentFieldLengthMax, textLengthMax } from '../../../../schemas/limits.ts'
import { dialog } from '../../base/page-parts.ts'
import { Part } from '../../base/part.ts'
import { words } from '../language.ts'
import { agentName } from '../requests/names.ts'
import type { DeskSession } from '../state/desk-session.ts'
import type { Desk } from '../state/desk-state.ts'
import { requestOf } from '../state/selectors.ts'
import { colleagues, otherWorkspaces } from '../team/others.ts'

/** The actions that the agent has to confirm. */
export type AskedAction = 'release' | 'transfer' | 'takeOver'

/** The question before an action that the customer notices. Dispatches `answered` however it is left. */
export class ActionDialog extends Part {
  @property({ attribute: false }) session!: DeskSession
  @property({ attribute: false }) desk!: Desk
  @property({ attribute: false }) conversationId!: string
  @property({ attribute: false }) action!: AskedAction

  protected override updated(changed: PropertyValues): void {
    const question = this.querySelector('dialog')
    if (changed.has('action') && !question?.open) question?.showModal()
  }

  protected override render() {
    const [title, content, confirm] = this.#question()
    return dialog(
      'action',
      title,
      html`<form @submit=${this.#submit}>
        ${content}
        <div class="actions end">
          <button class="button" type="button" @click=${this.#close}>${words.cancel}</button>
          <button class="button primary" type="submit" autofocus>
            ${confirm}
          </button>
        </div>
      </form>`,
      () => {
        // The next action may have been asked about before the browser tells of the close.
        if (!this.querySelector('dialog')?.open) this.dispatchEvent(new CustomEvent('answered'))
      },
    )
  }

  #question(): [title: string, content: TemplateResult, confirm: string] {
    switch (this.action) {
      case 'takeOver': {
        const name = agentName(requestOf(this.desk, this.conversationId)?.agent)
        return [words.takeOverTitle(name), html`<p>${words.takeOverMore(name)}</p>`, words.takeOver]
      }
      case 'release':
        return [
          words.releaseTitle,
          html`<p>${words.releaseMore}</p>
            ${field(
              'reason',
              words.releaseReason,
              html`<input
                class="field"
                id="reason"
                name="reason"
                maxlength=${agentFieldLengthMax}
                autocomplete="off"
                autofocus
              />`,
            )}`,
          words.releaseConfirm,
        ]
      case 'transfer':
        return [words.transferTitle, this.#transfer(), words.transfer]
    }
  }

  #transfer() {
    const { desk } = this
    const [agents, workspaces] = [colleagues(desk), otherWorkspaces(desk)]
    return html`<p>${words.transferMore}</p>
      ${field(
        'to',
        words.transferTo,
        html`<select class="field" id="to" name="to" required autofocus>
          ${
            agents.length > 0
              ? html`<optgroup label=${words.colleagues}>
                  ${agents.map(
                    (agent) =>
                      html`<option value="agent:${agent.id}">
                        ${agentName(agent)} · ${words.hasConversations(agent.accepted)}${
                          agent.state === 'away' ? ` · ${words.away}` : ''
                        }
                      </option>`,
                  )}
                </optgroup>`
              : nothing
          }
          ${
            workspaces.length > 0
              ? html`<optgroup label=${words.workspaces}>
                  ${workspaces.map(
                    ({ id, name, online }) =>
                      html`<option value="workspace:${id}">${name ?? id} · ${words.peopleOnline(online)}</option>`,
                  )}
                </optgroup>`
              : nothing
          }
        </select>`,
      )}
      ${agents.length + workspaces.length === 0 ? html`<p class="field-warning">${words.nobodyElse}</p>` : nothing}
      ${field(
        'note',
        words.transferNote,
        html`<textarea class="field" id="note" name="note" maxlength=${textLengthMax}></textarea>`,
      )}`
  }

  #submit(event: Event): void {
    event.preventDefault()
    const { session, conversationId: id } = this
    const given = new FormData(event.target as HTMLFormElement)
    const text = (name: string) => String(given.get(name) ?? '').trim()
    switch (this.action) {
      case 'release':
        session.release(id, text('reason'))
        break
      case 'takeOver':
        session.accept(id, true)
        break
      case 'transfer': {
        const [kind, ...rest] = text('to').split(':')
        const goal = rest.join(':')
        if (!goal) return
        const agent = this.desk.team?.agents.find((agent) => agent.id === goal)
        const to =
          kind === 'workspace'
            ? { workspace: goal }
            : { agent: { id: goal, ...(agent?.name && { name: agent.name }) } }
        session.transfer(id, to, text('note'))
      }
    }
    this.#close()
  }

  #close(): void {
    this.querySelector('dialog')?.close()
  }
}

function field(id: string, label: string, control: TemplateResult) {
  return html`<div class="row"><label for=${id}>${label}</label>${control}</div>`
}

customElements.define('desk-action', ActionDialog)
