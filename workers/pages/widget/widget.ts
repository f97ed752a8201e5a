import { render } from 'lit/html.js'
import type { WidgetLook } from '../../../schemas/configuration/look.ts'
import { textLengthMax } from '../../../schemas/limits.ts'
import type { GatewayFrame } from '../../../schemas/protocol/widget.ts'
import type { ShownConversation } from '../../client/conversation.ts'
import { isComposing } from '../base/keys.ts'
import rules from '../base/styles/rules.css'
import tokens from '../base/styles/tokens.css'
import { isRightToLeft } from '../base/words.ts'
import { widget as english } from '../words/widget/en.ts'
import { prepareSound } from './attention.ts'
import { EndKeeper } from './end-keeper.ts'
import { moreParts, moreSheet } from './load-more.ts'
import { lookOf, rulesOf } from './look.ts'
import { widget } from './panel.ts'
import { report } from './report.ts'
import { CustomerSession } from './session/customer-session.ts'
import { isLinked } from './session/memory.ts'
import type { SessionHost, WidgetPreview } from './session/session-host.ts'
import { gatewayUrl, sessionWith } from './session/session-with.ts'
import transcriptStyle from './transcript.css'
import { transcript } from './transcript.ts'
import type { WidgetActions, WidgetView } from './view.ts'
import style from './widget.css'
import { ShownWords } from './widget-words.ts'

const sheet = new CSSStyleSheet()
sheet.replaceSync(tokens + rules + style + transcriptStyle)
/** Windows that the panel covers. */
const phone = matchMedia('(max-width: 480px), (max-height: 480px)')
/** The longest that the widget stays out of sight until its look is known, in milliseconds. */
const lookMsMax = 1_000

/** `<frontdesk-widget channel="web">`: a conversation for a customer. */
class FrontdeskWidget extends HTMLElement {
  static observedAttributes = [
    'channel',
    'gateway',
    'locale',
    'open',
    'title-text',
    'words',
    'inline',
    'quiet',
  ]

  readonly #root = this.attachShadow({ mode: 'open' })
  readonly #end = new EndKeeper()
  readonly #host: SessionHost = {
    locale: () => this.#locale,
    facts: () => {
      let facts: Record<string, string> | undefined
      for (const { name, value } of this.attributes)
        if (/^attribute-[\w-]+$/.test(name)) facts = { ...facts, [name.slice(10)]: value }
      return facts
    },
    isForgetful: () => this.hasAttribute('forget'),
    isOpen: () => this.#isShown,
    isQuiet: () => this.hasAttribute('quiet'),
    setOpen: (isOpen) => {
      // A page that opens in a phone's window should be seen first.
      if (!isOpen || isLinked || !phone.matches) this.#setOpen(isOpen)
    },
    update: () => this.#update(),
    showEnd: () => {
      this.#isAskingToEnd = false
      this.#end.goToEnd()
    },
    receiving: () => this.#measure(),
    received: (frame, before) => this.#received(frame, before),
    notify: (name, detail) => this.#notify(name, detail),
  }
  /** With a slash at its end; empty: there is none. */
  #gateway = ''
  #session = new CustomerSession()
  /** Whether the floating panel is open. Not the attribute `open`: attributes are the page's. */
  #isOpen = false
  /** Aborted when the element leaves the page. */
  #connected: AbortController | undefined
  #preview: WidgetPreview | undefined
  #look: WidgetLook = {}
  readonly #lookSheet = new CSSStyleSheet()
  /** Nothing is rendered yet: the widget would be seen in another look first. */
  #isWaiting = true
  #rendered: unknown[] = []
  readonly #words = new ShownWords()
  #mistake: WidgetView['mistake'] = ''
  #isAskingToEnd = false
  #isUpdateQueued = false
  #midnight = 0
  #focusedBefore: HTMLElement | null = null

  constructor() {
    super()
    this.#root.adoptedStyleSheets = [sheet, moreSheet, this.#lookSheet]
    for (const type of ['click', 'keydown'])
      this.#root.addEventListener(type, () => this.#host.isQuiet() || prepareSound())
    for (const type of ['keydown', 'keypress', 'keyup'])
      this.#root.addEventListener(type, (event) => {
        // Keys pressed in the widget must not trigger the page's shortcuts.
        event.stopPropagation()
        const key = event as KeyboardEvent
        if (type === 'keydown' && key.key === 'Escape' && !isComposing(key) && !this.#isInline) this.close()
      })
  }

  connectedCallback(): void {
    this.#connected = new AbortController()
    const { signal } = this.#connected
    addEventListener('storage', (event) => this.#session.onStorage(event), { signal })
    const turned = () => {
      this.#session.turned()
      // The day may be another one.
      this.#update()
    }
    document.addEventListener('visibilitychange', turned, { signal })
    for (const type of ['resize', 'scroll'])
      visualViewport?.addEventListener(type, () => this.#fit(), { signal })
    phone.addEventListener('change', () => this.#update(), { signal })
    this.#join()
    if (document.querySelectorAll('frontdesk-widget:not([inline])').length > 1)
      report('two floating widgets may lie on each other')
  }

  disconnectedCallback(): void {
    this.#connected?.abort()
    this.#connected = undefined
    clearTimeout(this.#midnight)
    this.#session.leave(this.#host)
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === 'open') this.#setOpen(after !== null)
    // While the element is upgraded its attributes are reported before it is connected.
    if (before === after || !this.#connected) return
    if (name === 'channel' || name === 'gateway') this.#join()
    else this.#session.toggled()
  }

  /** Shows the session of the attributes' gateway and channel, or a preview. */
  #join(): void {
    const before = this.#session
    const channel = this.getAttribute('channel') ?? 'web'
    this.#gateway = gatewayUrl(this.getAttribute('gateway'))
    if (!this.#preview) {
      const session = sessionWith(this.#gateway, channel)
      this.#session = session
      void lookOf(this.#gateway, channel).then((look) => session === this.#session && this.#wear(look))
      setTimeout(() => this.#wear(this.#look), lookMsMax)
    } else {
      if (!before.isPreview) this.#session = new CustomerSession()
      this.#session.showPreview(this.#preview)
      this.#wear(this.#preview.look ?? {})
    }
    if (this.#session !== before) before.leave(this.#host)
    this.#session.join(this.#host)
    if (this.#isOpen && !this.#isInline) this.#session.keepOpen(true)
  }

  #wear(look: WidgetLook): void {
    this.#look = look
    this.#isWaiting = false
    this.#lookSheet.replaceSync(rulesOf(look))
    this.#update()
  }

  /** Shows the panel and moves the focus into it. */
  open(): void {
    if (this.#isShown) return
    this.#isWaiting = false
    this.#focusedBefore = document.activeElement as HTMLElement | null
    this.#setOpen(true)
    this.#render()
    this.#focusPanel()
  }

  #focusPanel(): void {
    // Focusing the text field would open a touch keyboard over the transcript.
    const target = matchMedia('(pointer: coarse)').matches ? null : this.#find('#text')
    ;(target ?? this.#find('#title'))?.focus()
  }

  /** Hides the panel; the focus goes back to where it was. */
  close(): void {
    const hadFocus = this.#root.activeElement
    this.#setOpen(false)
    this.#render()
    if (!hadFocus) return
    const before = this.#focusedBefore
    const isThere = before?.isConnected && before !== this && before !== document.body
    // The customer may have scrolled the page meanwhile.
    ;(isThere ? before : this.#find('.launcher'))?.focus({ preventScroll: true })
  }

  /** Logs the page's user in, with a JWT that the company's server has made. */
  login(token: string): void {
    this.#session.login(token)
  }

  /** Forgets the conversation in this browser and at the gateway. */
  logout(): void {
    this.#session.logout()
  }

  /** Shows frames without a gateway. */
  set preview(preview: WidgetPreview | undefined) {
    this.#preview = preview
    if (this.#connected) this.#join()
  }

  get #isInline(): boolean {
    return this.hasAttribute('inline')
  }

  /** Whether the customer sees the panel. */
  get #isShown(): boolean {
    return this.#isInline || this.#isOpen
  }

  get #locale(): string {
    const given = this.getAttribute('locale') || this.closest<HTMLElement>('[lang]')?.lang
    try {
      return Intl.getCanonicalLocales(given?.replaceAll('_', '-'))[0] ?? navigator.language
    } catch {
      return navigator.language
    }
  }

  #setOpen(isOpen: boolean): void {
    if (isOpen === this.#isOpen || this.#isInline) return
    this.#isOpen = isOpen
    this.#end.goToEnd()
    this.#session.keepOpen(isOpen)
    this.#notify(isOpen ? 'open' : 'close')
  }

  #received(frame: GatewayFrame, before: ShownConversation): void {
    if (frame.type === 'record' && frame.messages?.length && !this.#end.isAtEnd) this.#end.hasNewBelow = true
    this.#render()
    const { activeElement } = this.#root
    const { conversation, draft } = this.#session
    // The reply to a text may be a form: go on there.
    const isAsked = before.form.length === 0 && conversation.form.length > 0
    if (isAsked && activeElement?.id === 'text' && !draft.text) this.#find('#field-0')?.focus()
    if (frame.type === 'rejected' && activeElement?.closest('form'))
      this.#find('form [aria-invalid=true]')?.focus()
  }

  readonly #actions: WidgetActions = {
    closed: ({ target }) => {
      if (!(target as HTMLDialogElement).open) this.close()
    },
    toggle: () => (this.#isShown ? this.close() : this.open()),
    askToEnd: (isAsking) => {
      this.#isAskingToEnd = isAsking
      this.#render()
      if (isAsking) this.#find('.question button')?.focus()
    },
    end: () => this.#session.deliver({ type: 'end' }),
    startAnew: () => {
      this.#session.startAnew()
      this.#render()
      this.#find('#text')?.focus()
    },
    write: (text) => {
      this.#mistake = ''
      this.#session.write(text)
    },
    say: () => {
      const { text } = this.#session.draft
      this.#mistake = [...text].length > textLengthMax ? 'tooLong' : ''
      if (!this.#mistake) {
        const attachments = this.#session.files?.take()
        this.#session.change({ text: '' })
        if (text.trim() || attachments) this.#session.deliver({ type: 'message', text, attachments })
      }
      this.#update()
      this.#find('#text')?.focus()
    },
    scrolled: () => this.#measure(),
    scrollToEnd: () => {
      this.#end.goToEnd()
      this.#render()
      this.#find('#text')?.focus()
    },
  }

  readonly #wordsLoaded = (): void => {
    const hadFocus = this.#root.activeElement
    const waited = !this.#find('.panel')
    this.#render()
    if (hadFocus && waited && this.#isShown) this.#focusPanel()
  }

  #update(): void {
    if (this.#isUpdateQueued) return
    this.#isUpdateQueued = true
    queueMicrotask(() => this.#render())
  }

  #render(): void {
    this.#isUpdateQueued = false
    if (!this.isConnected || this.#isWaiting) return
    const hadFocus = this.#root.activeElement
    const locale = this.#locale
    // Nothing is read in a wrong language: the panel waits for its words.
    const own = this.#words.inLanguageOf(locale, this.#gateway, this.getAttribute('words'), this.#wordsLoaded)
    const words = own ?? english
    const nearest = this.closest<HTMLElement>('[dir]')?.dir
    const isMirrored = this.hasAttribute('locale') || !nearest ? isRightToLeft(locale) : nearest === 'rtl'
    const view: WidgetView = {
      words,
      // Dates are in the language of the words around them.
      locale: locale.startsWith(words.language) ? locale : words.language,
      title: this.getAttribute('title-text') || this.#look.title || words.title,
      logo: this.#look.logo,
      direction: isMirrored ? 'rtl' : 'ltr',
      isOpen: this.#isShown && !!own,
      isInline: this.#isInline,
      root: this.#root,
      session: this.#session,
      more: this.#isShown ? moreParts(this.#gateway, () => this.#update()) : undefined,
      mistake: this.#mistake,
      isAskingToEnd: this.#isAskingToEnd,
      hasNewBelow: this.#end.hasNewBelow,
      actions: this.#actions,
    }
    render(widget(view), this.#root)
    this.#raise()
    this.#renderTranscript(view)
    // The focused element may be gone: a form that was filled in, a question that was answered.
    if (hadFocus && !this.#root.activeElement && this.#isShown)
      (this.#find('#text') ?? this.#find('#title'))?.focus()
    this.#end.observe(this.#find('.scroller'))
    this.#fit()
    this.#end.stay()
  }

  /** Renders the transcript when it changes only: it may be long. */
  #renderTranscript(view: WidgetView): void {
    const log = this.#find('.log')
    const { lines, sent } = view.session.conversation
    const midnight = new Date().setHours(24, 0, 0, 0)
    const rendered = [log, lines, sent, view.locale, view.words, midnight, view.session.files]
    if (rendered.every((value, index) => value === this.#rendered[index])) return
    this.#rendered = rendered
    if (log) render(transcript(view), log)
    // Times without a day are today's.
    clearTimeout(this.#midnight)
    this.#midnight = setTimeout(() => this.#update(), midnight - Date.now() + 1000)
  }

  /**
   * In the top layer no ancestor cuts the widget off. A page that sets its z-index keeps it among its own layers.
   * A panel that covers the page is modal: what is behind it cannot be reached.
   */
  #raise(): void {
    const hasLayer = this.#isInline || getComputedStyle(this).getPropertyValue('--frontdesk-z-index')
    this.#find('.root')?.togglePopover?.(!hasLayer)
    const panel = this.#root.querySelector('dialog')
    const isModal = phone.matches && !this.#isInline
    if (!panel || (panel.open && panel.matches(':modal') === isModal)) return
    const focused = this.#root.activeElement as HTMLElement | null
    panel.close()
    if (isModal) panel.showModal()
    else panel.open = true
    focused?.focus()
  }

  #measure(): void {
    if (this.#end.isBackAtEnd()) this.#update()
  }

  /** Fits the panel into the visual viewport: a touch keyboard shrinks that, not the page. */
  #fit(): void {
    const { height, offsetTop } = visualViewport ?? {}
    const root = this.#find('.root')
    if (root) root.style.cssText = `--height:${height}px;--top:${offsetTop}px`
  }

  #find(selector: string): HTMLElement | null {
    return this.#root.querySelector(selector)
  }

  #notify(name: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent(`frontdesk-${name}`, { detail, bubbles: true, composed: true }))
  }
}

if (!customElements.get('frontdesk-widget')) customElements.define('frontdesk-widget', FrontdeskWidget)
