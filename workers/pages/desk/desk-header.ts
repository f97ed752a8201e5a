import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { icons } from '../base/icons.ts'
import { Part } from '../base/part.ts'
import type { Alerts } from './alerts.ts'
import { words } from './language.ts'
import { initials } from './requests/names.ts'

/** The bar of the desk: its workspace, alerts, keyboard help and the agent's menu. Dispatches `sign-out`. */
export class DeskHeader extends Part {
  /** The agent's name. */
  @property({ attribute: false }) agent!: string
  @property({ attribute: false }) workspace!: string
  @property({ attribute: false }) workspaces!: readonly string[] | 'all'
  @property({ attribute: false }) alerts!: Alerts
  /** Whether signing out has failed. */
  @property({ attribute: false }) isStuck!: boolean

  showHelp(): void {
    this.querySelector<HTMLElement>('#help')?.togglePopover()
  }

  protected override render() {
    const { agent, workspace, alerts } = this
    const hasAlerts = alerts.isSoundOn || alerts.notifications === 'on'
    return html`<header class="top">
      <h1>${words.title} <span class="workspace" dir="auto">${workspace}</span></h1>
      <button class="button quiet icon" type="button" popovertarget="alerts" title=${words.alerts}>
        ${hasAlerts ? icons.bell : icons.bellOff}<span class="visually-hidden">${words.alerts}</span>
      </button>
      <button class="button quiet icon keys" type="button" popovertarget="help" title=${words.help}>
        ${icons.keyboard}<span class="visually-hidden">${words.help}</span>
      </button>
      <button class="button quiet me" type="button" popovertarget="menu" title=${words.menu}>
        <span class="avatar" aria-hidden="true">${initials(agent)}</span>
        <span class="my-name" dir="auto">${agent}</span>
        <span class="visually-hidden">${words.menu}</span>
      </button>
      ${this.#alerts()} ${this.#help()} ${this.#menu()}
    </header>`
  }

  #alerts() {
    const { alerts } = this
    const { notifications } = alerts
    const isNotified = notifications === 'on'
    return html`<div id="alerts" popover role="group" aria-label=${words.alerts}>
      ${this.#switch(words.sound, alerts.isSoundOn, () => alerts.setSound(!alerts.isSoundOn))}
      ${
        notifications === 'blocked'
          ? html`<p class="item"><span>${words.notify}</span><small>${words.notifyBlocked}</small></p>`
          : this.#switch(words.notify, isNotified, () => alerts.setNotifications(!isNotified))
      }
    </div>`
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

  #menu() {
    const { agent, workspace, workspaces } = this
    const others = workspaces === 'all' ? [] : workspaces.filter((name) => name !== workspace)
    return html`<div id="menu" popover role="group" aria-label=${words.menu}>
      <p class="item">
        <span dir="auto">${words.signedInAs(agent)}</span>
        <small>${words.workspace} <span dir="auto">${workspace}</span></small>
      </p>
      ${others.map(
        (name) =>
          html`<a class="button quiet item" href="?workspace=${encodeURIComponent(name)}" dir="auto">${name}</a>`,
      )}
      <button class="button quiet item" type="button" @click=${this.#signOut}>${words.signOut}</button>
      ${this.isStuck ? html`<p class="field-error item" role="alert">${words.signOutFailed}</p>` : nothing}
    </div>`
  }

  #signOut(): void {
    this.dispatchEvent(new CustomEvent('sign-out', { bubbles: true }))
  }

  #switch(label: string, isOn: boolean, flip: () => void | Promise<void>) {
    return html`<button
      class="button quiet item"
      type="button"
      role="switch"
      aria-checked=${isOn ? 'true' : 'false'}
      @click=${async () => {
        await flip()
        this.requestUpdate()
      }}
    >
      <span>${label}</span><span class="switch" aria-hidden="true"></span>
    </button>`
  }
}

customElements.define('desk-header', DeskHeader)
