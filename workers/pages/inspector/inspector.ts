import { css, html, LitElement, nothing, type PropertyValues, unsafeCSS } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { ask, onSignedOut } from '../base/ask.ts'
import { controls } from '../base/controls.ts'
import { tokens } from '../base/tokens.ts'
import './conversation/conversation-page.ts'
import './dead-letters-page.ts'
import './find-page.ts'
import { icons } from '../base/icons.ts'
import style from './inspector.css'
import './refusals-page.ts'
import { isSignInLink, type Me, signIn, whoAmI } from '../base/sign-in.ts'
import { linkTo, type Route, readRoute } from './route.ts'
import './waiting-page.ts'
import { words } from './words.ts'

/** What is around the element. */
const pageStyle = css`
  body {
    margin: 0;
  }
`

/** The inspector: all of the page. */
class FrontdeskInspector extends LitElement {
  static override styles = [tokens, controls, unsafeCSS(style)]
  static override properties = {
    me: { state: true },
    route: { state: true },
    hasSignedOut: { state: true },
  }
  /** `undefined` until it is known. */
  declare me: Me | undefined
  declare route: Route
  /** The sign-in has ended while something is looked at: it stays. */
  declare hasSignedOut: boolean

  constructor() {
    super()
    this.route = readRoute(location.hash)
    this.hasSignedOut = false
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageStyle.styleSheet as CSSStyleSheet]
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#moved)
    onSignedOut(() => {
      if (this.me?.is === 'somebody') this.hasSignedOut = true
    })
    void this.#signIn(() => signIn('engineer'))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.#moved)
  }

  protected override render() {
    const { me } = this
    if (me === undefined) return html`<p class="alone" role="status">${words.loading}</p>`
    if (me.is !== 'somebody') return this.#signInHelp(me)
    return html`
      <header class="top">
        <button type="button" class="skip" @click=${this.#skip}>${words.skip}</button>
        <p class="brand">frontdesk</p>
        <nav aria-label=${words.navigation}>
          ${this.#navigation('find', { page: 'find', filters: {} })} ${this.#navigation('waiting', { page: 'waiting' })}
          ${this.#navigation('refusals', { page: 'refusals' })} ${this.#navigation('deadLetters', { page: 'deadLetters' })}
        </nav>
        <span class="who-name">${me.name}</span>
        <button type="button" class="button quiet icon" aria-label=${words.signOut} title=${words.signOut} @click=${this.#signOut}>${icons.signOut}</button>
      </header>
      ${
        this.hasSignedOut
          ? html`<p class="banner warning strip" role="alert">${icons.warning}<span>${words.signedOutMeanwhile}</span>
            <button type="button" class="button small" @click=${() => this.#signIn(() => whoAmI('engineer'))}>${words.tryAgain}</button></p>`
          : nothing
      }
      <main tabindex="-1" class=${this.route.page}>${this.#page()}</main>
    `
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('route') || changed.has('me')) document.title = `${this.#title()} · frontdesk`
  }

  #navigation(page: keyof typeof words.pages, to: Route) {
    const isHere = this.route.page === page || (page === 'find' && this.route.page === 'conversation')
    return html`<a href=${linkTo(to)} aria-current=${isHere ? 'page' : 'false'}>${words.pages[page]}</a>`
  }

  #page() {
    const { route } = this
    switch (route.page) {
      case 'find':
        return html`<inspector-find .filters=${route.filters}></inspector-find>`
      case 'conversation':
        return keyed(route.id, html`<inspector-conversation .route=${route}></inspector-conversation>`)
      case 'waiting':
        return html`<inspector-waiting></inspector-waiting>`
      case 'refusals':
        return html`<inspector-refusals></inspector-refusals>`
      case 'deadLetters':
        return html`<inspector-dead-letters .seq=${route.seq}></inspector-dead-letters>`
    }
  }

  #signInHelp(me: Exclude<Me, { is: 'somebody' }>) {
    return html`
      <main class="alone">
        <div class="card">
          <p class="brand">frontdesk</p>
          ${
            me.is === 'unreachable'
              ? html`<h1>${words.unreachable}</h1><p>${words.unreachableHelp}</p>`
              : html`
                <h1>${words.signInTitle}</h1>
                ${me.refused === undefined ? nothing : html`<p class="banner danger" role="alert">${icons.warning}<span>${words.signInRefused} ${me.refused}</span></p>`}
                <p>${words.signInHere}</p>
                <pre class="code"><code>npx frontdesk sign-in ${'<name>'} --role engineer</code></pre>
                <p>${words.signInCompany}</p>
              `
          }
          <p class="actions"><button type="button" class="button" @click=${() => this.#signIn(() => whoAmI('engineer'))}>${words.tryAgain}</button></p>
        </div>
      </main>
    `
  }

  #title(): string {
    const { route } = this
    if (this.me?.is !== 'somebody') return words.signInTitle
    return route.page === 'conversation' ? route.id : words.pages[route.page]
  }

  async #signIn(how: () => Promise<Me>): Promise<void> {
    const me = await how()
    // Whoever looks at something keeps it, and is told.
    if (this.hasSignedOut && me.is !== 'somebody') return
    this.hasSignedOut = false
    this.me = me
    this.route = readRoute(location.hash)
  }

  #signOut = async (): Promise<void> => {
    await ask('POST', '/v1/sign-out')
    this.hasSignedOut = false
    this.me = { is: 'nobody' }
  }

  #moved = (): void => {
    if (isSignInLink()) return void this.#signIn(() => signIn('engineer'))
    const before = this.route
    this.route = readRoute(location.hash)
    if (before.page === this.route.page && before.page !== 'conversation') return
    // As a browser does with a new page.
    void this.updateComplete.then(async () => {
      scrollTo(0, 0)
      await new Promise((resolve) => requestAnimationFrame(resolve))
      this.renderRoot.querySelector<HTMLElement>('main h1')?.focus()
    })
  }

  #skip = (): void => {
    this.renderRoot.querySelector<HTMLElement>('main')?.focus()
  }
}

customElements.define('frontdesk-inspector', FrontdeskInspector)
