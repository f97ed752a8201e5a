import { html } from 'lit'
import type { WorkspaceSettings } from '../../../../schemas/configuration/workspace.ts'
import { workspaceDefaults } from '../../../../schemas/configuration/workspace-defaults.ts'
import { table } from '../../base/page-parts.ts'
import { DocumentList } from '../document-list.ts'
import { words } from '../language.ts'
import { linkTo } from '../route.ts'
import { type StoredConfiguration, type StoredOne, usersOf } from '../stored.ts'

/** All configured workspaces. */
class AdminWorkspaces extends DocumentList<StoredOne<WorkspaceSettings>> {
  protected readonly kind = 'workspace'
  protected readonly texts = {
    title: words.workspaces,
    lead: words.workspacesLead,
    create: words.newWorkspace,
    none: words.noWorkspaces,
    noneHelp: words.noWorkspacesHelp,
    createFirst: words.configureAWorkspace,
  }

  protected override get suggestion(): string {
    return this.stored.workspaces.size === 0 ? 'main' : ''
  }

  protected documents({ workspaces }: StoredConfiguration) {
    return workspaces
  }

  protected table(rows: unknown) {
    const wide = true as const
    return html`
      ${table([words.workspace, words.routing, { text: words.overflow, wide }, { text: words.usedBy, wide }], rows)}
      <p class="note">${words.unlistedWorkspaces}</p>
    `
  }

  protected cells({ document: { routing, overflow } }: StoredOne<WorkspaceSettings>, id: string) {
    const users = usersOf(this.stored, 'workspace', id)
    const nothing = html`<span class="muted">${words.none}</span>`
    return html`
      <td>${words.routings[routing ?? workspaceDefaults.routing]}</td>
      <td class="wide">${overflow?.workspace ? html`<a href=${linkTo('workspaces', overflow.workspace)}>${overflow.workspace}</a>` : nothing}</td>
      <td class="wide">${users.length === 0 ? nothing : users.join(', ')}</td>
    `
  }
}

customElements.define('admin-workspaces', AdminWorkspaces)
