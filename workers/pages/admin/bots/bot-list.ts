import { html } from 'lit'
import { table } from '../../base/page-parts.ts'
import { DocumentList } from '../document-list.ts'
import { words } from '../language.ts'
import { type StoredBot, type StoredConfiguration, usersOf } from '../stored.ts'

/** All bots. */
class AdminBots extends DocumentList<StoredBot> {
  protected readonly kind = 'bot'
  protected readonly texts = {
    title: words.bots,
    lead: words.botsLead,
    create: words.newBot,
    none: words.noBots,
    noneHelp: words.noBotsHelp,
  }

  protected documents({ bots }: StoredConfiguration) {
    return bots
  }

  protected table(rows: unknown) {
    return table([words.bot, { text: words.kind, wide: true }, words.usedBy], rows)
  }

  protected cells({ kind }: StoredBot, id: string) {
    const users = usersOf(this.stored, 'bot', id)
    return html`
      <td class="wide">${words.botKinds[kind]}</td>
      <td>${users.length === 0 ? html`<span class="muted">${words.none}</span>` : users.join(', ')}</td>
    `
  }
}

customElements.define('admin-bots', AdminBots)
