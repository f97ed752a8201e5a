import { html, type TemplateResult, unsafeCSS } from 'lit'
import { property } from 'lit/decorators.js'
import { type StaffRole, staffRoles } from '../../../schemas/roles.ts'
import { ask, gatewayUrl } from '../base/ask.ts'
import { type NavigationLink, PageShell } from '../base/shell.ts'
import { isSignInLink } from '../base/sign-in.ts'
import { words, wordsOfShell } from './language.ts'
import style from './numbers.css'
import './numbers-view.ts'
import { type NumbersRoute, readRoute } from './route.ts'

/** The numbers of a team, as a whole page: for agents, and for administrators who are none. */
class FrontdeskNumbers extends PageShell<NumbersRoute> {
  static override styles = [...PageShell.styles, unsafeCSS(style)]
  @property({ attribute: false }) pageRole: StaffRole = 'agent'
  protected readonly words = wordsOfShell
  protected readonly navigationName = words.title

  constructor() {
    super()
    document.documentElement.lang = words.language
  }

  override connectedCallback(): void {
    void this.#chooseRole().then(() => super.connectedCallback())
  }

  protected readRoute(hash: string): NumbersRoute {
    return readRoute(hash)
  }

  protected isSamePlace(): boolean {
    return true
  }

  protected pageTitle(): string {
    return words.title
  }

  protected navigation(): NavigationLink[] {
    const { page } = staffRoles[this.pageRole]
    const isAgent = this.pageRole === 'agent'
    return [
      { href: gatewayUrl(`/${page}`), label: isAgent ? words.desk : words.administration, isCurrent: false },
      { href: location.hash || '#/', label: words.title, isCurrent: true },
    ]
  }

  protected content(): TemplateResult {
    const workspaces = this.visitor?.state === 'signedIn' ? this.visitor.workspaces : 'all'
    return html`
      <numbers-view
        .route=${this.route}
        .workspaces=${this.pageRole === 'administrator' ? 'all' : workspaces}
      ></numbers-view>
    `
  }

  async #chooseRole(): Promise<void> {
    if (isSignInLink()) return
    const me = await ask<{ signedIn: { role: StaffRole }[] }>('GET', '/v1/me')
    const roles = me.ok ? me.value.signedIn.map(({ role }) => role) : []
    if (!roles.includes('agent') && roles.includes('administrator')) this.pageRole = 'administrator'
  }
}

customElements.define('frontdesk-numbers', FrontdeskNumbers)
