import { css, html, LitElement } from 'lit'
import { controls } from '../base/controls.ts'
import { icons } from '../base/icons.ts'
import type { DeskWords } from '../base/words.ts'
import type { Alerts } from './alerts.ts'
import { look } from './look.ts'

/** Where one is, who one is, and the desk's few settings. Tells `sign-out`. */
export class DeskHeader extends LitElement {
  static override properties = {
    words: { attribute: false },
    agent: { attribute: false },
    workspace: { attribute: false },
    workspaces: { attribute: false },
    alerts: { attribute: false },
    isStuck: { attribute: false },
  }
  declare words: DeskWords
  /** Their name. */
  declare agent: string
  declare workspace: string
  declare workspaces: readonly string[] | 'all'
  declare alerts: Alerts
  /** Signing out has failed. */
  declare isStuck: boolean

  showHelp(): void {
    this.renderRoot.querySelector<HTMLElement>('#help')?.togglePopover()
  }

  protected override render() {
    const { words, agent, workspace, alerts } = this
    const { notifications } = alerts
    return html`<header>
      <h1>${words.title}<span class="workspace" dir="auto">${workspace}</span></h1>
      <button class="button quiet icon" type="button" popovertarget="alerts" title=${words.alerts}>
        ${alerts.isSoundOn || notifications === 'on' ? icons.bell : icons.bellOff}
        <span class="visually-hidden">${words.alerts}</span>
      </button>
      <button class="button quiet icon keys" type="button" popovertarget="help" title=${words.help}>
        ${icons.keyboard}<span class="visually-hidden">${words.help}</span>
      </button>
      <button class="button quiet me" type="button" popovertarget="menu" title=${words.menu}>
        <span class="avatar" aria-hidden="true">${initials(agent)}</span>
        <span class="my-name" dir="auto">${agent}</span>
        <span class="visually-hidden">${words.menu}</span>
      </button>

      <div id="alerts" popover role="group" aria-label=${words.alerts}>
        ${this.#switch(words.sound, alerts.isSoundOn, () => alerts.setSound(!alerts.isSoundOn))}
        ${
          notifications === 'blocked'
            ? html`<p class="blocked"><span>${words.notify}</span><small>${words.notifyBlocked}</small></p>`
            : this.#switch(words.notify, notifications === 'on', () =>
                alerts.setNotifications(notifications !== 'on'),
              )
        }
      </div>
      <div id="help" popover role="group" aria-label=${words.help}>
        <h2>${words.help}</h2>
        <dl>
          ${words.shortcuts.map(
            ([keys, does]) =>
              html`<dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
                <dd>${does}</dd>`,
          )}
        </dl>
      </div>
      <div id="menu" popover role="group" aria-label=${words.menu}>
        <p class="signed-in"><span dir="auto">${words.signedInAs(agent)}</span><br /><small>${words.workspace} <span dir="auto">${workspace}</span></small></p>
        ${this.#others().map(
          (one) =>
            html`<a class="button quiet wide" href="?workspace=${encodeURIComponent(one)}" dir="auto">${one}</a>`,
        )}
        <button class="button quiet wide" type="button" @click=${() => this.dispatchEvent(new CustomEvent('sign-out'))}>
          ${words.signOut}
        </button>
        <p class="field-error" role="alert" ?hidden=${!this.isStuck}>${words.signOutFailed}</p>
      </div>
    </header>`
  }

  #others(): string[] {
    return this.workspaces === 'all' ? [] : this.workspaces.filter((one) => one !== this.workspace)
  }

  #switch(label: string, isOn: boolean, flip: () => void | Promise<void>) {
    return html`<button
      class="button quiet wide"
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

  static override styles = [
    controls,
    look,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 4px;
        block-size: 56px;
        padding-inline: 20px 12px;
        border-block-end: 1px solid var(--fd-border);
      }
      h1 {
        display: flex;
        flex: 1;
        align-items: baseline;
        gap: 10px;
        min-inline-size: 0;
        font-size: 17px;
        font-weight: 600;
      }
      .workspace {
        overflow: hidden;
        color: var(--fd-muted);
        font-size: 14px;
        font-weight: 400;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .me {
        padding-inline: 6px 10px;
      }
      .avatar {
        display: grid;
        place-items: center;
        inline-size: 28px;
        block-size: 28px;
        border-radius: 50%;
        background: var(--fd-accent-soft);
        color: var(--fd-accent);
        font-size: 13px;
        font-weight: 600;
      }
      .my-name {
        max-inline-size: 16ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      [popover] {
        position: fixed;
        inset: 52px 12px auto auto;
        inline-size: min(340px, calc(100vw - 24px));
        margin: 0;
        padding: 8px;
        border: 1px solid var(--fd-border);
        border-radius: var(--fd-radius-large);
        background: var(--fd-background);
        color: inherit;
        box-shadow: 0 8px 28px rgb(0 0 0 / 14%);
        font-size: 15px;
      }
      :host(:dir(rtl)) [popover] {
        inset: 52px auto auto 12px;
      }
      .wide {
        justify-content: space-between;
        inline-size: 100%;
        min-block-size: 44px;
        padding-inline: 12px;
        color: inherit;
        font-weight: 400;
        text-align: start;
        text-decoration: none;
        white-space: normal;
      }
      .switch {
        flex: none;
        inline-size: 36px;
        block-size: 20px;
        padding: 2px;
        border: 1px solid var(--fd-control);
        border-radius: 10px;
        background: var(--fd-surface);
      }
      .switch::before {
        display: block;
        inline-size: 14px;
        block-size: 14px;
        border-radius: 50%;
        background: var(--fd-control);
        content: '';
        transition: translate 0.15s;
      }
      [aria-checked='true'] .switch {
        border-color: var(--fd-accent);
        background: var(--fd-accent);
      }
      [aria-checked='true'] .switch::before {
        background: var(--fd-on-accent);
        translate: 16px;
      }
      .blocked,
      .field-error,
      .signed-in {
        padding: 8px 12px;
        overflow-wrap: anywhere;
      }
      .blocked small {
        display: block;
      }
      small {
        color: var(--fd-muted);
        font-size: 14px;
      }
      #help {
        inline-size: min(420px, calc(100vw - 24px));
        padding: 16px 20px 20px;
      }
      #help h2 {
        margin-block-end: 10px;
        font-size: 15px;
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 8px 16px;
        align-items: baseline;
      }
      dt {
        display: flex;
        gap: 4px;
      }
      kbd {
        padding: 0 6px;
        border: 1px solid var(--fd-border);
        border-block-end-width: 2px;
        border-radius: 6px;
        background: var(--fd-surface);
        font: 13px/20px var(--fd-font);
      }
      @media (max-width: 719px) {
        .my-name {
          position: absolute;
          clip-path: inset(50%);
        }
        .me {
          padding-inline: 6px;
        }
      }
      @media (pointer: coarse) {
        .keys {
          display: none;
        }
      }
    `,
  ]
}

/** `Ann Lee` → `AL`: of the first and the last word, whole characters only. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const first = Array.from(words[0] ?? '')[0] ?? ''
  const last = words.length > 1 ? (Array.from(words.at(-1) ?? '')[0] ?? '') : ''
  return (first + last).toUpperCase()
}

customElements.define('desk-header', DeskHeader)
