import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import type { StaffRole } from '../../../schemas/roles.ts'
import { onSignedOut } from './ask.ts'
import { banner } from './banner.ts'
import { iconButton, icons } from './icons.ts'
import {
  isSignInLink,
  type NotSignedIn,
  readSession,
  type SignedIn,
  signIn,
  signInPage,
  signOut,
} from './sign-in.ts'
import { sheet, tokens } from './styles/tokens.ts'
import type { ShellWords } from './words.ts'

export interface NavigationLink {
  href: string
  label: string
  icon?: TemplateResult
  isCurrent: boolean
}

/** An editor with changes that leaving would lose. */
export interface Unsaved {
  /** Whether it can be saved as it stands, as far as is known. */
  canSave: boolean
  discard(): void
  /** Whether it is saved now. */
  save(): Promise<boolean>
}

const toSignOut = Symbol('sign-out')

/**
 * A whole page for people who sign in: their sign-in and sign-out, the bar with the navigation, and the address,
 * whose hash says where somebody is. Changes that are not saved are asked about before they are lost.
 */
export abstract class PageShell<Route> extends LitElement {
  static override styles = [tokens, sheet]
  /** `undefined` until it is known. */
  @state() visitor: SignedIn | NotSignedIn | undefined
  @state() route: Route = this.readRoute('')
  /** The sign-in has ended while something is open: it stays, so that nothing is lost. */
  @state() hasSignedOut = false
  /** The address that somebody wants to go to while changes are not saved. */
  @state() leavingFor: string | typeof toSignOut | undefined
  #hash = location.hash

  protected abstract readonly pageRole: StaffRole
  protected abstract readonly words: ShellWords
  /** The name of the navigation. */
  protected abstract readonly navigationName: string
  protected abstract readRoute(hash: string): Route
  /** Whether going from one to the other changes only a part of the page, so that scroll and focus stay. */
  protected abstract isSamePlace(current: Route, next: Route): boolean
  protected abstract navigation(): NavigationLink[]
  protected abstract pageTitle(): string
  protected abstract content(): TemplateResult | typeof nothing
  /** The changes that leaving would lose, while there are any. */
  protected get unsaved(): Unsaved | undefined {
    return undefined
  }
  /** Somebody has signed in. */
  protected signedIn(): void {}
  protected signedOut(): void {}
  /** Class of the `main` element. */
  protected get layout(): string {
    return ''
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#moved)
    document.addEventListener('visibilitychange', this.#retryWhenVisible)
    onSignedOut(() => {
      if (this.visitor?.state === 'signedIn') this.hasSignedOut = true
    })
    void this.#enter(signIn(this.pageRole, this.words))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.#moved)
    document.removeEventListener('visibilitychange', this.#retryWhenVisible)
  }

  protected override render() {
    const { visitor, words } = this
    // The first paint, inside the element, is shown until the sign-in is known.
    if (visitor === undefined)
      return html`<slot></slot><p class="visually-hidden" role="status">${words.loading}</p>`
    if (visitor.state !== 'signedIn') return signInPage(visitor, this.pageRole, words, this.#retry)
    return html`
      <header class="top">
        <button type="button" class="skip" @click=${this.#skipToMain}>${words.skip}</button>
        <p class="brand">frontdesk</p>
        <nav aria-label=${this.navigationName}>
          ${this.navigation().map(
            ({ href, label, icon, isCurrent }) => html`
              <a href=${href} aria-current=${isCurrent ? 'page' : 'false'}>${icon ?? nothing}<span>${label}</span></a>
            `,
          )}
        </nav>
        <span class="user-name">${visitor.name}</span>
        ${iconButton(icons.signOut, words.signOut, { press: this.#signOut })}
      </header>
      <main id="main" tabindex="-1" class=${this.layout}>
        ${this.hasSignedOut ? this.#signedOutBanner() : nothing} ${this.content()}
      </main>
      ${this.#leavingDialog()}
    `
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('route') || changed.has('visitor')) {
      const isIn = this.visitor?.state === 'signedIn'
      document.title = `${isIn ? this.pageTitle() : this.words.signInTitle[this.pageRole]} · frontdesk`
    }
    const dialog = this.renderRoot.querySelector<HTMLDialogElement>('#leaving')
    if (this.leavingFor !== undefined && !dialog?.open) dialog?.showModal()
    if (this.leavingFor === undefined && dialog?.open) dialog.close()
  }

  #signedOutBanner() {
    const { words } = this
    return banner(
      'warning',
      html`
        <p>${words.sessionOver}</p>
        <p class="actions">
          <button type="button" class="button" @click=${this.#retry}>${words.tryAgain}</button>
        </p>
      `,
    )
  }

  #leavingDialog() {
    const { words, unsaved } = this
    return html`
      <dialog id="leaving" aria-labelledby="leaving-title" @close=${this.#stay}>
        <h2 id="leaving-title">${words.leavingTitle}</h2>
        <p>${words.leavingHelp}</p>
        <p class="actions end">
          <button type="button" class="button" @click=${this.#stay}>${words.stay}</button>
          <button type="button" class="button danger" @click=${this.#leave}>${words.leaveWithout}</button>
          ${
            unsaved?.canSave
              ? html`
                  <button type="button" class="button primary" @click=${this.#saveAndLeave}>
                    ${words.saveAndLeave}
                  </button>
                `
              : nothing
          }
        </p>
      </dialog>
    `
  }

  async #enter(answer: Promise<SignedIn | NotSignedIn>): Promise<void> {
    const visitor = await answer
    // An open page stays and says so; it is not replaced by the sign-in.
    if (this.hasSignedOut && visitor.state !== 'signedIn') return
    this.hasSignedOut = false
    this.visitor = visitor
    this.#hash = location.hash
    this.route = this.readRoute(location.hash)
    if (visitor.state === 'signedIn') this.signedIn()
  }

  #retry = (): void => void this.#enter(readSession(this.pageRole))

  #signOut = async (): Promise<void> => {
    if (this.unsaved) {
      this.leavingFor = toSignOut
      return
    }
    await signOut()
    this.hasSignedOut = false
    this.signedOut()
    this.visitor = { state: 'signedOut' }
  }

  #moved = (): void => {
    if (isSignInLink()) return void this.#enter(this.#signInAgain())
    const next = this.readRoute(location.hash)
    const isSame = this.isSamePlace(this.route, next)
    if (this.unsaved && !isSame && location.hash !== this.#hash) {
      this.leavingFor = location.hash
      // The address says where somebody is.
      history.replaceState(history.state, '', this.#hash || '#/')
      return
    }
    this.#goTo(next, isSame)
  }

  /** Signs in by a link that was opened over this page, which stays unless the link leads elsewhere. */
  async #signInAgain(): Promise<SignedIn | NotSignedIn> {
    const before = this.#hash || '#/'
    const visitor = await signIn(this.pageRole, this.words)
    if (location.hash === '' || this.unsaved) history.replaceState(history.state, '', before)
    return visitor
  }

  #goTo(route: Route, isSame: boolean): void {
    this.#hash = location.hash
    this.route = route
    if (isSame) return
    // As a browser does with a new page.
    void this.updateComplete.then(async () => {
      scrollTo(0, 0)
      await new Promise((resolve) => requestAnimationFrame(resolve))
      this.renderRoot.querySelector<HTMLElement>('main h1')?.focus()
    })
  }

  #stay = (): void => {
    this.leavingFor = undefined
  }

  #leave = (): void => {
    const { leavingFor } = this
    this.leavingFor = undefined
    this.unsaved?.discard()
    if (leavingFor === undefined) return
    if (leavingFor === toSignOut) return void this.#signOut()
    history.pushState(null, '', leavingFor)
    this.#goTo(this.readRoute(leavingFor), false)
  }

  #saveAndLeave = async (): Promise<void> => {
    const { leavingFor, unsaved } = this
    const isSaved = await unsaved?.save()
    // The editor shows what was refused.
    this.leavingFor = isSaved ? leavingFor : undefined
    if (isSaved) this.#leave()
  }

  /** Somebody may have signed in in another tab. */
  #retryWhenVisible = (): void => {
    if (document.visibilityState === 'visible' && this.hasSignedOut) this.#retry()
  }

  #skipToMain = (): void => {
    this.renderRoot.querySelector<HTMLElement>('main')?.focus()
  }
}
