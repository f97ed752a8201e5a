import { html, nothing } from 'lit'
import { textIn } from '../../../../schemas/configuration/localized.ts'
import type { Reply } from '../../../../schemas/configuration/reply.ts'
import { table } from '../../base/page-parts.ts'
import { DocumentList } from '../document-list.ts'
import { language, words } from '../language.ts'
import type { StoredConfiguration, StoredOne } from '../stored.ts'

/** All saved replies. */
class AdminReplies extends DocumentList<StoredOne<Reply>> {
  protected readonly kind = 'reply'
  protected readonly texts = {
    title: words.replies,
    lead: words.repliesLead,
    create: words.newReply,
    none: words.noReplies,
    noneHelp: words.noRepliesHelp,
  }

  protected documents({ replies }: StoredConfiguration) {
    return replies
  }

  protected table(rows: unknown) {
    return table([words.title, words.shortcut, words.workspace, { text: words.replyText, wide: true }], rows)
  }

  protected cells({ document: { shortcut, workspace, text } }: StoredOne<Reply>) {
    return html`
      <td>${shortcut ? html`<code>/${shortcut}</code>` : nothing}</td>
      <td>${workspace ?? html`<span class="muted">${words.everyWorkspace}</span>`}</td>
      <td class="wide muted"><span class="one-line" dir="auto">${textIn(text, language)}</span></td>
    `
  }
}

customElements.define('admin-replies', AdminReplies)
