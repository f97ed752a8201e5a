import { css, html, LitElement, nothing, type PropertyValues, unsafeCSS } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import { ask, onSignedOut } from '../base/ask.ts'
import { controls } from '../base/controls.ts'
import { icons } from '../base/icons.ts'
import { isSignInLink, type Me, signIn, whoAmI } from '../base/sign-in.ts'
import { tokens } from '../base/tokens.ts'
import style from './admin.css'
import { presentEditing } from './editing.ts'
import { language, words } from './language.ts'
import { linkTo, type Route, readRoute } from './route.ts'
import type { Stored } from './stored.ts'
import { StoredWatch } from './stored-watch.ts'
import './bots/bot-editor.ts'
import './bots/bot-list.ts'
import './channels/channel-editor.ts'
import './channels/channel-list.ts'
import './schedules/import-zendesk.ts'
import './keys-page.ts'
import './schedules/schedule-editor.ts'
import './schedules/schedule-list.ts'

/** What is around the element. */
const pageStyle = css`
  body {
    margin: 0;
  }
`

/** The administration: all of the page. */
class FrontdeskAdmin extends LitElement {
  static override styles = [tokens, controls, unsafeCSS(style)]
  static override properties = {
    me: { state: true },
    route: { state: true },
    stored: { state: true },
    isLive: { state: true },
    hasSignedOut: { state: true },
    leavingFor: { state: true },
  }
  /** `undefined` until it is known. */
  declare me: Me | undefined
  declare route: Route
  declare stored: Stored | undefined
  declare isLive: boolean
  /** The sign-in has ended while something is open: it stays, so that nothing is lost. */
  declare hasSignedOut: boolean
  /** Where somebody wants to go while changes are not saved. */
  declare leavingFor: string | undefined
  #hash = location.hash
  readonly #watch = new StoredWatch(() => {
    this.stored = this.#watch.stored
    this.isLive = this.#watch.isLive
  })

  constructor() {
    super()
    this.route = readRoute('')
    this.isLive = true
    this.hasSignedOut = false
    document.documentElement.lang = language
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, pageStyle.styleSheet as CSSStyleSheet]
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#moved)
    addEventListener('keydown', this.#shortcut)
    document.addEventListener('visibilitychange', this.#look)
    onSignedOut(() => {
      if (this.me?.is === 'somebody') this.hasSignedOut = true
    })
    void this.#signIn(() => signIn('administrator'))
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.#moved)
    removeEventListener('keydown', this.#shortcut)
    document.removeEventListener('visibilitychange', this.#look)
    this.#watch.stop()
  }

  protected override render() {
    const { me } = this
    if (me === undefined) return html`<p class="alone" role="status">${words.loading}</p>`
    if (me.is !== 'somebody') return this.#signInHelp(me)
    return html`
      <div class="frame">
        <header class="side">
          <button type="button" class="skip" @click=${this.#skip}>${words.skip}</button>
          <p class="brand">frontdesk</p>
          <nav aria-label=${words.administration}>
            ${this.#navigation('channels', ['channel'])} ${this.#navigation('schedules', ['schedule', 'import'])}
            ${this.#navigation('bots', ['bot'])} ${this.#navigation('keys', [])}
          </nav>
          <div class="who">
            <span class="who-name">${me.name}</span>
            <button type="button" class="button quiet icon" aria-label=${words.signOut} title=${words.signOut} @click=${this.#signOut}>${icons.signOut}</button>
          </div>
        </header>
        <main id="main" tabindex="-1">
          ${this.#banners()}
          ${this.stored ? this.#page(this.stored) : html`<p class="hint" role="status">${this.isLive ? words.loading : words.failures.unavailable}</p>`}
        </main>
      </div>
      <dialog id="leaving" aria-labelledby="leaving-title" @close=${this.#stay}>
        <h2 id="leaving-title">${words.leavingTitle}</h2>
        <p>${words.leavingHelp}</p>
        <p class="actions end">
          <button type="button" class="button" @click=${this.#stay}>${words.stay}</button>
          <button type="button" class="button danger" @click=${() => this.#leave()}>${words.leaveWithout}</button>
          ${
            presentEditing?.draft.theirs === undefined
              ? html`<button type="button" class="button primary" @click=${this.#saveAndLeave}>${words.saveAndLeave}</button>`
              : nothing
          }
        </p>
      </dialog>
    `
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('route') || changed.has('me')) document.title = `${this.#title()} · frontdesk`
    const dialog = this.renderRoot.querySelector<HTMLDialogElement>('#leaving')
    if (this.leavingFor !== undefined && !dialog?.open) dialog?.showModal()
    if (this.leavingFor === undefined && dialog?.open) dialog.close()
  }

  #navigation(page: 'channels' | 'schedules' | 'bots' | 'keys', within: Route['page'][]) {
    const isHere = this.route.page === page || within.includes(this.route.page)
    return html`<a href=${linkTo({ page })} aria-current=${isHere ? 'page' : 'false'}>${icons[page]}<span>${words[page]}</span></a>`
  }

  #banners() {
    if (this.hasSignedOut)
      return html`
        <section class="banner warning" role="alert">
          ${icons.warning}
          <div>
            <p>${words.signedOutMeanwhile}</p>
            <p class="actions"><button type="button" class="button" @click=${() => this.#signIn(() => whoAmI('administrator'))}>${words.tryAgain}</button></p>
          </div>
        </section>
      `
    return html`<p class="offline" role="status" ?hidden=${this.isLive || !this.stored}>${this.isLive ? '' : words.reconnecting}</p>`
  }

  #page(stored: Stored) {
    const { route } = this
    const refresh = this.#refresh
    switch (route.page) {
      case 'channels':
        return html`<admin-channels .stored=${stored}></admin-channels>`
      case 'channel':
        return keyed(
          `channel ${route.id}`,
          html`<admin-channel .stored=${stored} .channel=${route.id} .tab=${route.tab} .refresh=${refresh}></admin-channel>`,
        )
      case 'schedules':
        return html`<admin-schedules .stored=${stored}></admin-schedules>`
      case 'schedule':
        return keyed(
          `schedule ${route.id}`,
          html`<admin-schedule .stored=${stored} .schedule=${route.id} .refresh=${refresh}></admin-schedule>`,
        )
      case 'bots':
        return html`<admin-bots .stored=${stored}></admin-bots>`
      case 'bot':
        return keyed(
          `bot ${route.id}`,
          html`<admin-bot .stored=${stored} .bot=${route.id} .refresh=${refresh}></admin-bot>`,
        )
      case 'import':
        return html`<admin-import .stored=${stored} .refresh=${refresh}></admin-import>`
      case 'keys':
        return html`<admin-keys></admin-keys>`
    }
  }

  #signInHelp(me: Me) {
    return html`
      <main class="alone">
        <div class="card">
          <p class="brand">frontdesk</p>
          ${
            me.is === 'unreachable'
              ? html`<h1>${words.unreachable}</h1><p>${words.unreachableHelp}</p>`
              : html`
                <h1>${words.signInTitle}</h1>
                ${me.is === 'nobody' && me.refused !== undefined ? html`<p class="banner danger" role="alert">${icons.warning}<span>${words.signInRefused} ${me.refused}</span></p>` : nothing}
                <p>${words.signInHere}</p>
                <pre class="code"><code>npx frontdesk sign-in ${words.yourName} --role administrator</code></pre>
                <p>${words.signInCompany}</p>
              `
          }
          <p class="actions"><button type="button" class="button" @click=${() => this.#signIn(() => whoAmI('administrator'))}>${words.tryAgain}</button></p>
        </div>
      </main>
    `
  }

  #title(): string {
    const { route } = this
    if (this.me?.is !== 'somebody') return words.signInTitle
    if ('id' in route) return route.id
    return route.page === 'import' ? words.importZendesk : words[route.page]
  }

  async #signIn(how: () => Promise<Me>): Promise<void> {
    const me = await how()
    // Whoever edits keeps the editor, and is told.
    if (this.hasSignedOut && me.is !== 'somebody') return
    this.hasSignedOut = false
    this.me = me
    this.#hash = location.hash
    this.route = readRoute(location.hash)
    if (me.is === 'somebody') this.#watch.start()
  }

  #signOut = async (): Promise<void> => {
    if (presentEditing?.isAtStake) {
      this.leavingFor = 'sign-out'
      return
    }
    await ask('POST', '/v1/sign-out')
    this.#watch.stop()
    this.hasSignedOut = false
    this.stored = undefined
    this.me = { is: 'nobody' }
  }

  #refresh = (): Promise<void> => this.#watch.refresh()

  #moved = (): void => {
    if (isSignInLink()) {
      // A link that was opened over this page: one stays where one was.
      const before = this.#hash || linkTo(this.route)
      void this.#signIn(async () => {
        const me = await signIn('administrator')
        history.replaceState(history.state, '', before)
        return me
      })
      return
    }
    const next = readRoute(location.hash)
    const staysThere =
      'id' in next && 'id' in this.route && next.page === this.route.page && next.id === this.route.id
    if (presentEditing?.isAtStake && !staysThere && location.hash !== this.#hash) {
      this.leavingFor = location.hash
      // The address says where one is.
      history.replaceState(history.state, '', this.#hash || '#/')
      return
    }
    this.#goTo(next, staysThere)
  }

  #goTo(route: Route, staysThere = false): void {
    this.#hash = location.hash
    this.route = route
    if (staysThere) return
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

  #leave(): void {
    const to = this.leavingFor
    this.leavingFor = undefined
    presentEditing?.discard()
    if (to === undefined) return
    if (to === 'sign-out') return void this.#signOut()
    history.pushState(null, '', to)
    this.#goTo(readRoute(to))
  }

  #saveAndLeave = async (): Promise<void> => {
    const to = this.leavingFor
    const isSaved = await presentEditing?.save()
    // What was refused is said in the editor.
    this.leavingFor = isSaved ? to : undefined
    if (isSaved) this.#leave()
  }

  #shortcut = (event: KeyboardEvent): void => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
    event.preventDefault()
    this.renderRoot
      .querySelector<Element & { save?: () => void }>('admin-channel, admin-schedule, admin-bot')
      ?.save?.()
  }

  /** Somebody may have signed in in another tab. */
  #look = (): void => {
    if (document.visibilityState === 'visible' && this.hasSignedOut)
      void this.#signIn(() => whoAmI('administrator'))
  }

  #skip = (): void => {
    this.renderRoot.querySelector<HTMLElement>('main')?.focus()
  }
}

customElements.define('frontdesk-admin', FrontdeskAdmin)
