import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { gatewayUrl } from '../base/ask.ts'
import { icons } from '../base/icons.ts'
import { dialog } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import { alertSwitches } from './alert-switches.ts'
import type { Alerts } from './alerts.ts'
import { words } from './language.ts'
import { avatar } from './requests/avatar.ts'
import type { DeskSession } from './state/desk-session.ts'
import type { Desk } from './state/desk-state.ts'
import { sections } from './state/selectors.ts'
import { otherWorkspaces } from './team/others.ts'
import { teamDialog } from './team/team-dialog.ts'

/**
 * The bar of the desk: its workspace, whether the agent is online, the team, alerts, keyboard help and the agent's
 * menu. Dispatches `sign-out`, whose detail says whether the agent's conversations are given back before.
 */
export class DeskHeader extends Part {
  @property({ attribute: false }) session!: DeskSession
  @property({ attribute: false }) desk!: Desk
  @property({ attribute: false }) now!: number
  @property({ attribute: false }) alerts!: Alerts
  /** Whether signing out has failed. */
  @property({ attribute: false }) isStuck!: boolean

  showHelp(): void {
    this.querySelector<HTMLElement>('#help')?.togglePopover()
  }

  protected override render() {
    const { desk, alerts } = this
    const agent = desk.agent?.name ?? this.session.me.name
    const online = desk.team?.agents.filter(({ state }) => state === 'online').length
    return html`<header class="top">
      <h1>${words.title} <span class="workspace" dir="auto">${this.#nameOf(desk.workspace)}</span></h1>
      ${this.#stateSwitch()}
      <button
        class="button quiet"
        type="button"
        title=${words.team}
        @click=${() => this.querySelector<HTMLDialogElement>('#team')?.showModal()}
      >
        ${icons.team}<span class="visually-hidden">${words.team}</span>${
          online === undefined
            ? nothing
            : html`<span class="count" aria-hidden="true">${online}</span>
                <span class="visually-hidden">${words.peopleOnline(online)}</span>`
        }
      </button>
      <button class="button quiet icon" type="button" popovertarget="alerts" title=${words.alerts}>
        ${alerts.isOn ? icons.bell : icons.bellOff}<span class="visually-hidden">${words.alerts}</span>
      </button>
      <button class="button quiet icon keys" type="button" popovertarget="help" title=${words.help}>
        ${icons.keyboard}<span class="visually-hidden">${words.help}</span>
      </button>
      <button class="button quiet me" type="button" popovertarget="menu" title=${words.menu}>
        ${avatar(agent, desk.agent?.id ?? this.session.me.id)}
        <span class="my-name" dir="auto">${agent}</span>
        <span class="visually-hidden">${words.menu}</span>
      </button>
      <div id="alerts" popover role="group" aria-label=${words.alerts}>
        ${alertSwitches(alerts, () => {
          this.requestUpdate()
          void alerts.syncPush(desk.workspace)
        })}
      </div>
      ${this.#help()} ${this.#menu(agent)}
    </header>
    ${teamDialog(desk, this.now)} ${this.#leaving()}`
  }

  #stateSwitch() {
    const { isAway } = this.desk
    return html`<button
      class="button quiet presence-switch"
      type="button"
      role="switch"
      aria-checked=${isAway ? 'false' : 'true'}
      aria-label=${words.online}
      title=${isAway ? words.awayMore : words.onlineMore}
      @click=${() => this.session.setAway(!isAway)}
    >
      <i class="presence ${isAway ? 'away' : 'here'}" aria-hidden="true"></i>
      <span aria-hidden="true">${isAway ? words.away : words.online}</span>
    </button>`
  }

  #help() {
    return html`<div id="help" popover role="group" aria-label=${words.help}>
      <h2>${words.help}</h2>
      <dl>
        ${words.shortcuts.map(
          ([keys, action]) =>
            html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
              <dd>${action}</dd>`,
        )}
      </dl>
    </div>`
  }

  #menu(agent: string) {
    const { desk } = this
    const { workspaces } = this.session.me
    return html`<div id="menu" popover role="group" aria-label=${words.menu}>
      <p class="item">
        <span dir="auto">${words.signedInAs(agent)}</span>
        <small>${words.workspace} <span dir="auto">${this.#nameOf(desk.workspace)}</span></small>
      </p>
      ${otherWorkspaces(desk, workspaces).map(
        ({ id, name, online }) =>
          html`<a class="button quiet item" href="?workspace=${encodeURIComponent(id)}">
            <span dir="auto">${name ?? id}</span><small>${words.peopleOnline(online)}</small>
          </a>`,
      )}
      <a class="button quiet item" href=${gatewayUrl(`/numbers#/?workspace=${desk.workspace}`)} target="_blank">
        ${words.numbers}
      </a>
      <button class="button quiet item" type="button" @click=${() => this.askToSignOut()}>${words.signOut}</button>
      ${this.isStuck ? html`<p class="field-error item" role="alert">${words.signOutFailed}</p>` : nothing}
    </div>`
  }

  /** The question before customers are left. */
  #leaving() {
    const { length } = sections(this.desk).mine
    return dialog(
      'leaving',
      words.leavingTitle(length),
      html`<p>${words.leavingMore}</p>
        ${this.isStuck ? html`<p class="field-error" role="alert">${words.signOutFailed}</p>` : nothing}
        <div class="actions end">
          <button class="button" type="button" autofocus @click=${() => this.#leavingDialog()?.close()}>
            ${words.stay}
          </button>
          <button class="button primary" type="button" @click=${() => this.#signOut(true)}>
            ${words.giveBackAndSignOut}
          </button>
        </div>`,
    )
  }

  /** Signs out; asks first where customers would be left. */
  askToSignOut(): void {
    if (sections(this.desk).mine.length === 0) {
      this.#signOut(false)
      return
    }
    this.querySelector<HTMLElement>('#menu')?.hidePopover()
    this.#leavingDialog()?.showModal()
  }

  #signOut(givesBack: boolean): void {
    this.dispatchEvent(new CustomEvent('sign-out', { bubbles: true, detail: givesBack }))
  }

  #leavingDialog(): HTMLDialogElement | null {
    return this.querySelector('#leaving')
  }

  #nameOf(workspace: string): string {
    return this.desk.team?.workspaces.find(({ id }) => id === workspace)?.name ?? workspace
  }
}

customElements.define('desk-header', DeskHeader)
