import { html, nothing } from 'lit'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { words } from '../language.ts'
import { newDialog } from '../new-dialog.ts'
import { linkTo } from '../route.ts'
import type { Stored, StoredBot } from '../stored.ts'

/** All bots. */
class AdminBots extends Part {
  static override properties = { stored: { attribute: false } }
  declare stored: Stored

  protected override render() {
    const { bots } = this.stored
    return html`
      <header class="head">
        <div>
          <h1 tabindex="-1">${words.bots}</h1>
          <p class="lead">${words.botsLead}</p>
        </div>
        ${bots.size > 0 ? html`<button class="button primary" @click=${this.#create}>${icons.plus}${words.newBot}</button>` : nothing}
      </header>
      ${bots.size > 0 ? this.#table() : this.#empty()}
      ${newDialog('bot', [...bots.keys()], '')}
    `
  }

  #table() {
    return html`
      <table class="list">
        <thead>
          <tr>
            <th scope="col">${words.bot}</th>
            <th scope="col" class="wide">${words.kind}</th>
            <th scope="col">${words.usedBy}</th>
          </tr>
        </thead>
        <tbody>
          ${[...this.stored.bots].map(([id, one]) => this.#row(id, one))}
        </tbody>
      </table>
    `
  }

  #row(id: string, { name, kind, problems }: StoredBot) {
    const users = botUsers(this.stored, id)
    return html`
      <tr>
        <th scope="row">
          <a href=${linkTo('bots', id)}>${name || id}</a>
          <span class="id">${id}</span>
          ${problems ? html`<span class="mark">${words.notInForceMark}</span>` : nothing}
        </th>
        <td class="wide">${words.botKinds[kind]}</td>
        <td>${users.length === 0 ? html`<span class="muted">${words.none}</span>` : users.join(', ')}</td>
      </tr>
    `
  }

  #empty() {
    return html`
      <section class="empty">
        <h2>${words.noBots}</h2>
        <p>${words.noBotsHelp}</p>
        <p class="actions">
          <button class="button primary" @click=${this.#create}>${icons.plus}${words.newBot}</button>
        </p>
      </section>
    `
  }

  #create = (): void => {
    this.querySelector<HTMLDialogElement>('dialog')?.showModal()
  }
}

/** The channels that a bot is chosen for. */
export function botUsers({ channels }: Stored, bot: string): string[] {
  return [...channels].filter(([, { document }]) => document.bot === bot).map(([id]) => id)
}

customElements.define('admin-bots', AdminBots)
