import { render } from 'lit/html.js'
import type {
  CustomerEvent,
  GatewayFrame,
  RecordFrame,
  RejectedFrame,
  WidgetFrame,
} from '../../../schemas/protocol/widget.ts'
import { Connection } from '../base/connection.ts'
import rules from '../base/rules.css'
import tokens from '../base/tokens.css'
import { isRightToLeft, widgetWords } from '../base/words.ts'
import { type Conversation, fold, type Line, nothingSaid, send } from './conversation.ts'
import {
  type Draft,
  emptyDraft,
  type Session,
  storeDraft,
  storedDraft,
  storedSession,
  storeSession,
} from './memory.ts'
import { type Actions, widget } from './panel.ts'
import style from './widget.css'

/** Of a message, in code points; the engine refuses longer ones. */
const textLengthMax = 4096
const urlLengthMax = 2048
const titleLengthMax = 255
const typingMs = 5_000
const typingPauseMs = 2_000
/** So near the end of the transcript, in pixels, one reads along. */
const endPx = 40

const script = (document.currentScript as HTMLScriptElement | null)?.src || location.href

const sheet = new CSSStyleSheet()
sheet.replaceSync(tokens + rules + style)

/** What a gateway would send, and who would be told of what the customer does. */
interface Preview {
  frames: GatewayFrame[]
  deliver?: (event: CustomerEvent) => void
  startAnew?: () => void
}

/** `<frontdesk-widget channel="web">`: a customer's side of a conversation. */
class FrontdeskWidget extends HTMLElement {
  static observedAttributes = ['channel', 'gateway', 'locale', 'open', 'title-text', 'inline']

  readonly #root = this.attachShadow({ mode: 'open' })
  #connection: Connection<WidgetFrame, GatewayFrame> | undefined
  #session: Session | undefined
  #draft: Draft = emptyDraft
  #conversation: Conversation = nothingSaid
  /** A JWT that the gateway has not answered yet. */
  #login: string | undefined
  /** The one that it has been given. */
  #loginSent: string | undefined
  #preview: Preview | undefined
  #isReady = false
  /** The connection was lost, or could not be made. */
  #isCut = false
  #isTooLong = false
  #isAskingToEnd = false
  #trouble: 'erased' | 'loginFailed' | '' = ''
  #isAtEnd = true
  #hasNewBelow = false
  #isWaitingToRender = false
  #typedAt = 0
  #typing = 0
  #focusedBefore: HTMLElement | null = null
  readonly #resized = new ResizeObserver(() => this.#stayAtEnd())

  constructor() {
    super()
    this.#root.adoptedStyleSheets = [sheet]
    for (const type of ['keydown', 'keypress', 'keyup'])
      this.#root.addEventListener(type, (event) => {
        // What is typed here is no shortcut of the page's.
        event.stopPropagation()
        const { key, isComposing } = event as KeyboardEvent
        if (type === 'keydown' && key === 'Escape' && !isComposing && !this.#isInline) this.close()
      })
  }

  connectedCallback(): void {
    addEventListener('storage', this.#stored)
    document.addEventListener('visibilitychange', this.#look)
    visualViewport?.addEventListener('resize', this.#fit)
    visualViewport?.addEventListener('scroll', this.#fit)
    this.#begin()
  }

  disconnectedCallback(): void {
    removeEventListener('storage', this.#stored)
    document.removeEventListener('visibilitychange', this.#look)
    visualViewport?.removeEventListener('resize', this.#fit)
    visualViewport?.removeEventListener('scroll', this.#fit)
    this.#disconnect()
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isConnected) return
    if (name === 'channel' || name === 'gateway') this.#begin()
    else this.#toggled()
  }

  /** Shows the panel and moves the focus into it. */
  open(): void {
    if (this.#isOpen) return
    this.#focusedBefore = document.activeElement as HTMLElement | null
    this.setAttribute('open', '')
    this.#render()
    // A touch keyboard would cover what there is to read.
    const target = matchMedia('(pointer: coarse)').matches ? '.panel' : '#text'
    this.#find(target)?.focus()
  }

  /** Hides it; the focus goes back to where it was. */
  close(): void {
    const hadFocus = this.#root.activeElement
    this.removeAttribute('open')
    this.#render()
    if (!hadFocus) return
    const before = this.#focusedBefore
    if (before?.isConnected && before !== this && before !== document.body) before.focus()
    else this.#find('.launcher')?.focus()
  }

  /** The page's user, by a JWT that its server has made. */
  login(token: string): void {
    this.#login = token
    if (this.#connection?.state === 'open') this.#sendLogin()
  }

  /** Forgets the conversation in this browser and at the gateway. */
  logout(): void {
    const { session } = this.#session ?? {}
    const { sequence: after } = this.#conversation
    this.#login = undefined
    this.#forget()
    if (!session) return
    const leaving: Connection<WidgetFrame, GatewayFrame> = new Connection(this.#url, {
      greet: () => [{ type: 'hello', session, after }, { type: 'logout' }],
      receive() {},
      changed() {},
      closed: (code) => code === 4403 || code === 4401 || code === 4410,
    })
    leaving.open()
  }

  /** What a gateway would send: shown without one. */
  set preview(preview: Preview | undefined) {
    this.#preview = preview
    this.#begin()
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

  get #url(): string {
    return new URL('v1/widget', this.#gateway).href.replace(/^http/, 'ws')
  }

  get #channel(): string {
    return this.getAttribute('channel') ?? 'web'
  }

  get #key(): string {
    return `frontdesk ${new URL('./', this.#gateway).href} ${this.#channel}`
  }

  get #locale(): string {
    const given = this.getAttribute('locale') || this.closest<HTMLElement>('[lang]')?.lang
    try {
      return Intl.getCanonicalLocales(given?.replaceAll('_', '-'))[0] ?? navigator.language
    } catch {
      return navigator.language
    }
  }

  get #unread(): number {
    const seen = this.#session?.seen ?? 0
    const isNew = ({ sequence, author, type }: Line) =>
      sequence > seen && author.type !== 'customer' && type !== 'notice'
    return this.#conversation.lines.filter(isNew).length
  }

  /** With what is left of an earlier page, or a preview. */
  #begin(): void {
    if (!this.isConnected) return
    if (this.#preview) {
      this.#disconnect()
      this.#conversation = this.#preview.frames.reduce(fold, nothingSaid)
      this.#update()
      return
    }
    const session = storedSession(this.#key)
    const draft = storedDraft(this.#key)
    // What was typed in a conversation that this browser has left belongs to nobody here.
    const isOurs = draft && (!draft.conversation || draft.conversation === session?.conversation)
    this.#draft = isOurs ? draft : emptyDraft
    const isPhone = matchMedia('(max-width: 480px), (max-height: 480px)').matches
    if (this.#draft.isOpen && !isPhone) this.setAttribute('open', '')
    this.#restart(session, this.#draft.outbox)
  }

  /** In that conversation, or in a new one, with what is to be sent. */
  #restart(session: Session | undefined, outbox: readonly CustomerEvent[]): void {
    this.#disconnect()
    this.#session = session
    this.#draft = { ...this.#draft, conversation: session?.conversation, outbox }
    this.#conversation = outbox.reduce((before, event) => send(before, event, now()), nothingSaid)
    this.#isReady = false
    this.#isAskingToEnd = false
    this.#isAtEnd = true
    this.#hasNewBelow = false
    if (session || outbox.length > 0) this.#connect()
    this.#toggled()
  }

  /** A new conversation, with the texts that the last one did not take. */
  #startAnew(): void {
    const { sent } = this.#conversation
    this.#restart(undefined, sent.map(({ event }) => event).filter(isText))
  }

  /** Whoever comes next on this page sees nothing of what was. */
  #forget(): void {
    this.#disconnect()
    storeSession(this.#key, undefined)
    this.#session = undefined
    this.#draft = emptyDraft
    this.#trouble = ''
    this.removeAttribute('open')
    this.#restart(undefined, [])
  }

  #connect(): void {
    if (this.#connection || this.#preview) return
    this.#connection = new Connection<WidgetFrame, GatewayFrame>(
      this.#url,
      {
        greet: () => [this.#hello()],
        receive: (frame) => this.#receive(frame),
        changed: () => this.#keep(),
        closed: (code) => this.#closed(code),
      },
      this.#draft.outbox,
    )
    this.#connection.open()
  }

  #disconnect(): void {
    const connection = this.#connection
    this.#connection = undefined
    connection?.close()
  }

  #hello(): WidgetFrame {
    this.#loginSent = undefined
    if (this.#session)
      return { type: 'hello', session: this.#session.session, after: this.#conversation.sequence }
    this.#loginSent = this.#login
    const url = location.href.replace(/#.*/, '')
    return {
      type: 'hello',
      channel: this.#channel,
      locale: this.#locale,
      page: { ...(url.length <= urlLengthMax && { url }), title: document.title.slice(0, titleLengthMax) },
      ...(this.#login !== undefined && { login: this.#login }),
    }
  }

  #sendLogin(): void {
    if (this.#login === undefined || this.#login === this.#loginSent) return
    this.#loginSent = this.#login
    this.#connection?.send({ type: 'login', token: this.#login })
  }

  #receive(frame: GatewayFrame): void {
    const before = this.#conversation
    if (frame.type === 'login') {
      this.#loggedIn(frame)
      return
    }
    if (cameTooLate(frame) && before.sent.some(({ event }) => event.clientId === frame.clientId)) {
      this.#startAnew()
      return
    }
    this.#noteWhere()
    this.#conversation = fold(before, frame)
    this.#heed(frame)
    if (frame.type === 'record') this.#announce(frame, before)
    // A long transcript is drawn once, not record by record.
    if (!this.#isReady) return
    this.#look()
    this.#render()
    this.#leadFocus(frame, before)
  }

  /** What is more than something to show. */
  #heed(frame: GatewayFrame): void {
    switch (frame.type) {
      case 'welcome': {
        const { session, conversation, customer } = frame
        if (this.#loginSent !== undefined && customer) this.#login = undefined
        this.#session = { session, conversation, seen: this.#session?.seen ?? 0 }
        this.#draft = { ...this.#draft, conversation }
        storeSession(this.#key, this.#session)
        break
      }
      case 'ready':
        this.#isReady = true
        this.#sendLogin()
        break
      case 'error':
        if (frame.code === 'conversation_erased') this.#trouble = 'erased'
        break
      case 'typing':
        clearTimeout(this.#typing)
        this.#typing = setTimeout(() => {
          this.#conversation = { ...this.#conversation, typing: undefined }
          this.#update()
        }, typingMs)
        break
      default:
    }
  }

  #announce({ sequence, messages = [] }: RecordFrame, before: Conversation): void {
    if (messages.length > 0 && this.#isReady && !this.#isAtEnd) this.#hasNewBelow = true
    if (before.form.length > 0 && this.#conversation.form.length === 0)
      this.#draft = { ...this.#draft, fields: {} }
    if (sequence <= Math.max(before.sequence, this.#session?.seen ?? 0)) return
    for (const message of messages) if (message.author.type !== 'customer') this.#tell('message', { message })
  }

  /** To a form that was asked for by what was just written, and to what is wrong in it. */
  #leadFocus(frame: GatewayFrame, before: Conversation): void {
    const { activeElement } = this.#root
    const isAsked = before.form.length === 0 && this.#conversation.form.length > 0
    if (isAsked && activeElement?.id === 'text' && !this.#draft.text) this.#find('#field-0')?.focus()
    if (frame.type === 'rejected' && activeElement?.closest('form'))
      this.#find('form [aria-invalid=true]')?.focus()
  }

  #loggedIn(frame: Extract<GatewayFrame, { type: 'login' }>): void {
    const login = this.#login
    this.#login = undefined
    if (frame.ok) {
      if (this.#session) this.#session = { ...this.#session, session: frame.session }
      storeSession(this.#key, this.#session)
    } else if (frame.code === 'login_other_customer' && login) {
      // Somebody else uses this browser now: what the other one said is not for them.
      this.logout()
      this.#login = login
    } else {
      this.#trouble = 'loginFailed'
      this.#tell('login-failed', { code: frame.code, message: frame.message })
    }
    this.#update()
  }

  #closed(code: number): boolean {
    switch (code) {
      // The session is no more, or its conversation.
      case 4401:
      case 4410:
        if (this.#isOpen || this.#draft.outbox.length > 0) this.#startAnew()
        else this.#forget()
        return true
      case 4403:
        this.#forget()
        return true
      default:
        return code === 4400
    }
  }

  /** Another tab has logged out, or begun another conversation. */
  #stored = ({ key }: StorageEvent): void => {
    if (this.#preview || (key !== null && key !== this.#key)) return
    // Not what the event says: two tabs may have written at once, and both go by what is left.
    const session = storedSession(this.#key)
    if (session?.conversation === this.#session?.conversation) this.#session = session
    else if (session) this.#restart(session, this.#draft.outbox.filter(isText))
    else this.#forget()
    this.#update()
  }

  /** What is in view is seen. */
  #look = (): void => {
    const { sequence } = this.#conversation
    const session = this.#session
    if (!session || !this.#isOpen || document.hidden || sequence <= session.seen) return
    this.#session = { ...session, seen: sequence }
    storeSession(this.#key, this.#session)
    this.#update()
  }

  #toggled(): void {
    if (this.#isOpen) this.#connect()
    if (this.#isOpen !== this.#draft.isOpen) {
      this.#draft = { ...this.#draft, isOpen: this.#isOpen }
      this.#isAtEnd = true
      this.#hasNewBelow = false
      this.#tell(this.#isOpen ? 'open' : 'close')
    }
    this.#keep()
    this.#look()
  }

  #keep(): void {
    const { state, outbox } = this.#connection ?? {}
    if (outbox) this.#draft = { ...this.#draft, outbox: [...outbox] }
    if (state === 'waiting') this.#isCut = true
    if (state === 'open') this.#isCut = false
    const { text, isOpen, conversation } = this.#draft
    const isWorthIt = text || isOpen || conversation || this.#draft.outbox.length > 0
    if (!this.#preview) storeDraft(this.#key, isWorthIt ? this.#draft : undefined)
    this.#update()
  }

  #deliver(event: CustomerEvent): void {
    this.#trouble = ''
    this.#isAtEnd = true
    if (this.#preview) {
      this.#preview.deliver?.(event)
      return
    }
    this.#conversation = send(this.#conversation, event, now())
    if (this.#conversation.status?.state === 'ended') this.#startAnew()
    else this.#connection?.deliver(event)
  }

  readonly #actions: Actions = {
    toggle: () => (this.#isOpen ? this.close() : this.open()),
    askToEnd: (isAsking) => {
      this.#isAskingToEnd = isAsking
      this.#render()
      if (isAsking) this.#find('.question button')?.focus()
    },
    end: () => {
      this.#isAskingToEnd = false
      this.#deliver({ type: 'end', clientId: newClientId() })
    },
    startAnew: () => {
      this.#startAnew()
      this.#preview?.startAnew?.()
      this.#render()
      this.#find('#text')?.focus()
    },
    write: (text) => {
      this.#draft = { ...this.#draft, text }
      this.#isTooLong = false
      this.#keep()
      if (!text.trim() || Date.now() - this.#typedAt < typingPauseMs) return
      this.#typedAt = Date.now()
      this.#connection?.send({ type: 'typing' })
    },
    say: () => {
      const { text } = this.#draft
      this.#isTooLong = [...text].length > textLengthMax
      if (text.trim() && !this.#isTooLong) {
        this.#draft = { ...this.#draft, text: '' }
        this.#deliver({ type: 'message', clientId: newClientId(), text })
      }
      this.#update()
      this.#find('#text')?.focus()
    },
    choose: (option) => this.#deliver({ type: 'option', clientId: newClientId(), option }),
    fill: (field, value) => {
      this.#draft = { ...this.#draft, fields: { ...this.#draft.fields, [field]: value } }
      this.#keep()
    },
    submit: () => {
      const { fields } = this.#draft
      const details = Object.fromEntries(this.#conversation.form.map(({ id }) => [id, fields[id] ?? '']))
      this.#deliver({ type: 'details', clientId: newClientId(), details })
    },
    scrolled: () => this.#noteWhere(),
    scrollToEnd: () => {
      this.#isAtEnd = true
      this.#hasNewBelow = false
      this.#render()
      this.#find('#text')?.focus()
    },
  }

  #update(): void {
    if (this.#isWaitingToRender) return
    this.#isWaitingToRender = true
    queueMicrotask(() => this.#render())
  }

  #render(): void {
    this.#isWaitingToRender = false
    if (!this.isConnected) return
    const hadFocus = this.#root.activeElement
    const locale = this.#locale
    const words = widgetWords(locale)
    const nearest = this.closest<HTMLElement>('[dir]')?.dir
    const isMirrored = this.hasAttribute('locale') || !nearest ? isRightToLeft(locale) : nearest === 'rtl'
    const template = widget({
      words,
      // Dates in the language of the words around them.
      locale: locale.startsWith(words.language) ? locale : words.language,
      title: this.getAttribute('title-text') || words.title,
      direction: isMirrored ? 'rtl' : 'ltr',
      isOpen: this.#isOpen,
      isInline: this.#isInline,
      unread: this.#isOpen ? 0 : this.#unread,
      conversation: this.#conversation,
      draft: this.#draft,
      isTooLong: this.#isTooLong,
      isBroken: !this.#preview && this.#connection?.state !== 'open',
      isCut: this.#isCut,
      trouble: this.#trouble && words[this.#trouble],
      isAskingToEnd: this.#isAskingToEnd,
      hasNewBelow: this.#hasNewBelow,
      actions: this.#actions,
    })
    render(template, this.#root)
    // What had the focus may be gone: a form that was filled, a question that was answered.
    if (hadFocus && !this.#root.activeElement && this.#isOpen) this.#find('#text')?.focus()
    const scroller = this.#find('.scroller')
    if (scroller) this.#resized.observe(scroller)
    this.#fit()
    this.#stayAtEnd()
  }

  #noteWhere(): void {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = this.#find('.scroller') ?? {}
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < endPx
    if (!this.#isAtEnd || !this.#hasNewBelow) return
    this.#hasNewBelow = false
    this.#update()
  }

  #stayAtEnd(): void {
    const scroller = this.#find('.scroller')
    if (scroller && this.#isAtEnd) scroller.scrollTop = scroller.scrollHeight
  }

  /** A touch keyboard shrinks what is seen, not the page. */
  #fit = (): void => {
    const { height, offsetTop } = visualViewport ?? {}
    this.#find('.root')?.style.setProperty('--height', `${height}px`)
    this.#find('.root')?.style.setProperty('--top', `${offsetTop}px`)
  }

  #find(selector: string): HTMLElement | null {
    return this.#root.querySelector(selector)
  }

  #tell(name: string, detail?: object): void {
    this.dispatchEvent(new CustomEvent(`frontdesk-${name}`, { detail, bubbles: true, composed: true }))
  }
}

/** Unique in its conversation. */
function newClientId(): string {
  // Not randomUUID: it is missing where a page came by plain HTTP.
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

/** Its text belongs into another conversation. */
function cameTooLate(frame: GatewayFrame): frame is RejectedFrame {
  return (
    frame.type === 'rejected' &&
    (frame.code === 'conversation_ended' || frame.code === 'unknown_conversation')
  )
}

function isText({ type }: CustomerEvent): boolean {
  return type === 'message'
}

function now(): string {
  return new Date().toISOString()
}

if (!customElements.get('frontdesk-widget')) customElements.define('frontdesk-widget', FrontdeskWidget)
