import { render } from 'lit/html.js'
import { textLengthMax } from '../../../schemas/limits.ts'
import type { GatewayFrame } from '../../../schemas/protocol/widget.ts'
import rules from '../base/styles/rules.css'
import tokens from '../base/styles/tokens.css'
import { isRightToLeft, widgetWords } from '../base/words.ts'
import type { ShownConversation } from './conversation.ts'
import { CustomerSession } from './customer-session.ts'
import { EndKeeper } from './end-keeper.ts'
import { widget } from './panel.ts'
import type { WidgetPreview } from './session-host.ts'
import transcriptStyle from './transcript.css'
import { transcript } from './transcript.ts'
import type { WidgetActions, WidgetView } from './view.ts'
import style from './widget.css'

const script = (document.currentScript as HTMLScriptElement | null)?.src || location.href

const sheet = new CSSStyleSheet()
sheet.replaceSync(tokens + rules + style + transcriptStyle)

/** `<frontdesk-widget channel="web">`: a conversation for a customer. */
class FrontdeskWidget extends HTMLElement {
  static observedAttributes = ['channel', 'gateway', 'locale', 'open', 'title-text', 'inline']

  readonly #root = this.attachShadow({ mode: 'open' })
  readonly #end = new EndKeeper()
  readonly #session = new CustomerSession({
    place: () => ({
      gateway: this.#gateway,
      channel: this.getAttribute('channel') ?? 'web',
      locale: this.#locale,
    }),
    isOpen: () => this.#isOpen,
    setOpen: (isOpen) => this.toggleAttribute('open', isOpen),
    update: () => this.#update(),
    showEnd: () => this.#end.goToEnd(),
    restarted: () => {
      this.#isAskingToEnd = false
      this.#end.goToEnd()
    },
    receiving: () => this.#measure(),
    received: (frame, before) => this.#received(frame, before),
    notify: (name, detail) => this.#notify(name, detail),
  })
  /** Aborted when the element leaves the page. */
  #connected: AbortController | undefined
  #preview: WidgetPreview | undefined
  #rendered: unknown[] = []
  #isTooLong = false
  #isAskingToEnd = false
  #isUpdateQueued = false
  #focusedBefore: HTMLElement | null = null

  constructor() {
    super()
    this.#root.adoptedStyleSheets = [sheet]
    for (const type of ['keydown', 'keypress', 'keyup'])
      this.#root.addEventListener(type, (event) => {
        // Keys pressed in the widget must not trigger the page's shortcuts.
        event.stopPropagation()
        const { key, isComposing } = event as KeyboardEvent
        if (type === 'keydown' && key === 'Escape' && !isComposing && !this.#isInline) this.close()
      })
  }

  connectedCallback(): void {
    this.#connected = new AbortController()
    const { signal } = this.#connected
    addEventListener('storage', (event) => this.#session.onStorage(event), { signal })
    document.addEventListener('visibilitychange', () => this.#session.markSeen(), { signal })
    for (const type of ['resize', 'scroll'])
      visualViewport?.addEventListener(type, () => this.#fit(), { signal })
    this.#session.begin(this.#preview)
  }

  disconnectedCallback(): void {
    this.#connected?.abort()
    this.#session.disconnect()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected) return
    if (name === 'channel' || name === 'gateway') this.#session.begin(this.#preview)
    else this.#session.toggled()
  }

  /** Shows the panel and moves the focus into it. */
  open(): void {
    if (this.#isOpen) return
    this.#focusedBefore = document.activeElement as HTMLElement | null
    this.setAttribute('open', '')
    this.#render()
    // Focusing the text field would open a touch keyboard over the transcript.
    const target = matchMedia('(pointer: coarse)').matches ? '.panel' : '#text'
    this.#find(target)?.focus()
  }

  /** Hides the panel; the focus goes back to where it was. */
  close(): void {
    const hadFocus = this.#root.activeElement
    this.removeAttribute('open')
    this.#render()
    if (!hadFocus) return
    const before = this.#focusedBefore
    if (before?.isConnected && before !== this && before !== document.body) before.focus()
    else this.#find('.launcher')?.focus()
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
    if (this.isConnected) this.#session.begin(preview)
  }

  get #isInline(): boolean {
    return this.hasAttribute('inline')
  }

  get #isOpen(): boolean {
    return this.#isInline || this.hasAttribute('open')
  }

  get #gateway(): URL {
    const gateway = this.getAttribute('gateway')
    return new URL(gateway ? gateway.replace(/\/?$/, '/') : script, location.href)
  }

  get #locale(): string {
    const given = this.getAttribute('locale') || this.closest<HTMLElement>('[lang]')?.lang
    try {
      return Intl.getCanonicalLocales(given?.replaceAll('_', '-'))[0] ?? navigator.language
    } catch {
      return navigator.language
    }
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
    toggle: () => (this.#isOpen ? this.close() : this.open()),
    askToEnd: (isAsking) => {
      this.#isAskingToEnd = isAsking
      this.#render()
      if (isAsking) this.#find('.question button')?.focus()
    },
    end: () => {
      this.#isAskingToEnd = false
      this.#session.deliver({ type: 'end' })
    },
    startAnew: () => {
      this.#session.startAnew()
      this.#render()
      this.#find('#text')?.focus()
    },
    write: (text) => {
      this.#isTooLong = false
      this.#session.write(text)
    },
    say: () => {
      const { text } = this.#session.draft
      this.#isTooLong = [...text].length > textLengthMax
      if (text.trim() && !this.#isTooLong) {
        this.#session.change({ text: '' })
        this.#session.deliver({ type: 'message', text })
      }
      this.#update()
      this.#find('#text')?.focus()
    },
    deliver: (action) => this.#session.deliver(action),
    fill: (field, value) =>
      this.#session.change({ fields: { ...this.#session.draft.fields, [field]: value } }),
    submit: () => {
      const { draft, conversation } = this.#session
      const details = Object.fromEntries(conversation.form.map(({ id }) => [id, draft.fields[id] ?? '']))
      this.#session.deliver({ type: 'details', details })
    },
    scrolled: () => this.#measure(),
    scrollToEnd: () => {
      this.#end.goToEnd()
      this.#render()
      this.#find('#text')?.focus()
    },
  }

  #update(): void {
    if (this.#isUpdateQueued) return
    this.#isUpdateQueued = true
    queueMicrotask(() => this.#render())
  }

  #render(): void {
    this.#isUpdateQueued = false
    if (!this.isConnected) return
    const hadFocus = this.#root.activeElement
    const locale = this.#locale
    const words = widgetWords(locale)
    const nearest = this.closest<HTMLElement>('[dir]')?.dir
    const isMirrored = this.hasAttribute('locale') || !nearest ? isRightToLeft(locale) : nearest === 'rtl'
    const session = this.#session
    const view: WidgetView = {
      words,
      // Dates are in the language of the words around them.
      locale: locale.startsWith(words.language) ? locale : words.language,
      title: this.getAttribute('title-text') || words.title,
      direction: isMirrored ? 'rtl' : 'ltr',
      isOpen: this.#isOpen,
      isInline: this.#isInline,
      unread: this.#isOpen ? 0 : session.unread,
      conversation: session.conversation,
      draft: session.draft,
      isTooLong: this.#isTooLong,
      isOffline: session.isOffline,
      isCut: session.isCut,
      trouble: session.trouble && words[session.trouble],
      isAskingToEnd: this.#isAskingToEnd,
      hasNewBelow: this.#end.hasNewBelow,
      actions: this.#actions,
    }
    render(widget(view), this.#root)
    this.#renderTranscript(view)
    // The focused element may be gone: a form that was filled in, a question that was answered.
    if (hadFocus && !this.#root.activeElement && this.#isOpen) this.#find('#text')?.focus()
    this.#end.observe(this.#find('.scroller'))
    this.#fit()
    this.#end.stay()
  }

  /** Renders the transcript when it changes only: it may be long. */
  #renderTranscript(view: WidgetView): void {
    const log = this.#find('.log')
    const { lines, sent } = view.conversation
    const rendered = [log, lines, sent, view.locale]
    if (log && rendered.some((value, index) => value !== this.#rendered[index])) render(transcript(view), log)
    this.#rendered = rendered
  }

  #measure(): void {
    if (this.#end.measure()) this.#update()
  }

  /** Fits the panel into the visual viewport: a touch keyboard shrinks that, not the page. */
  #fit(): void {
    const { height, offsetTop } = visualViewport ?? {}
    this.#find('.root')?.style.setProperty('--height', `${height}px`)
    this.#find('.root')?.style.setProperty('--top', `${offsetTop}px`)
  }

  #find(selector: string): HTMLElement | null {
    return this.#root.querySelector(selector)
  }

  #notify(name: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent(`frontdesk-${name}`, { detail, bubbles: true, composed: true }))
  }
}

if (!customElements.get('frontdesk-widget')) customElements.define('frontdesk-widget', FrontdeskWidget)
