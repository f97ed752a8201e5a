import { html, nothing, type TemplateResult, unsafeCSS } from 'lit'
import { state } from 'lit/decorators.js'
import { gatewayUrl } from '../base/ask.ts'
import { icons } from '../base/icons.ts'
import { type NavigationLink, PageShell, type Unsaved } from '../base/shell.ts'
import { shellWords } from '../base/words.ts'
import adminStyle from './admin.css'
import botsStyle from './bots/bots.css'
import channelsStyle from './channels/channels.css'
import { presentEditing } from './editing.ts'
import { language, words } from './language.ts'
import { type AdminPage, pages } from './pages.ts'
import { type AdminRoute, linkTo, readRoute } from './route.ts'
import schedulesStyle from './schedules/schedules.css'
import type { StoredConfiguration } from './stored.ts'
import { StoredWatch } from './stored-watch.ts'

/** The administration, as a whole page. */
class FrontdeskAdmin extends PageShell<AdminRoute> {
  static override styles = [
    ...PageShell.styles,
    ...[adminStyle, channelsStyle, schedulesStyle, botsStyle].map(unsafeCSS),
  ]
  @state() stored: StoredConfiguration | undefined
  @state() isLive = true
  protected readonly pageRole = 'administrator'
  protected readonly words = shellWords(language)
  protected readonly navigationName = words.administration
  readonly #watch = new StoredWatch(() => {
    this.stored = this.#watch.stored
    this.isLive = this.#watch.isLive
  })

  constructor() {
    super()
    document.documentElement.lang = language
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#watch.stop()
  }

  get #page(): AdminPage {
    return pages[this.route.page] as AdminPage
  }

  protected readRoute(hash: string): AdminRoute {
    return readRoute(hash, Object.keys(pages))
  }

  protected isSamePlace(current: AdminRoute, next: AdminRoute): boolean {
    return next.id !== undefined && next.page === current.page && next.id === current.id
  }

  protected pageTitle(): string {
    return this.route.id ?? this.#page.title
  }

  protected navigation(): NavigationLink[] {
    const own = Object.entries(pages).flatMap(([page, { title, icon }]) => {
      const isCurrent = page === this.route.page || page === this.#page.partOf
      return icon ? [{ href: linkTo(page), label: title, icon, isCurrent }] : []
    })
    const numbers = {
      href: gatewayUrl('/numbers'),
      label: words.numbers,
      icon: icons.numbers,
      isCurrent: false,
    }
    return [...own, numbers]
  }

  protected content(): TemplateResult {
    const { stored, isLive } = this
    if (!stored)
      return html`<p class="hint" role="status">${isLive ? words.loading : words.failures.unavailable}</p>`
    const { id, part } = this.route
    const input = { stored, refresh: this.#refresh, part }
    return html`
      <p class="offline" role="status" ?hidden=${isLive || this.hasSignedOut}>
        ${isLive ? nothing : words.reconnecting}
      </p>
      ${id && this.#page.edit ? this.#page.edit(id, input) : this.#page.render(input)}
    `
  }

  protected override get unsaved(): Unsaved | undefined {
    const editing = presentEditing
    if (!editing?.isAtStake) return undefined
    return {
      canSave: editing.draft.theirs === undefined,
      discard: () => editing.discard(),
      save: () => editing.save(),
    }
  }

  protected override signedIn(): void {
    this.#watch.start()
  }

  protected override signedOut(): void {
    this.#watch.stop()
    this.stored = undefined
  }

  #refresh = (): Promise<void> => this.#watch.refresh()
}

customElements.define('frontdesk-admin', FrontdeskAdmin)
