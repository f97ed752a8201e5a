import { html, LitElement, nothing, unsafeCSS } from 'lit'
import { sheet, tokens } from '../base/styles/tokens.ts'
import { inspectorUrl, type Passed, Relay } from './relay.ts'
import style from './stately.css'
import { words } from './words.ts'

/** The page that passes a conversation on to Stately's inspector, once somebody has agreed to that. */
class FrontdeskStately extends LitElement {
  static override styles = [tokens, sheet, unsafeCSS(style)]
  readonly #passed: Passed | undefined
  readonly #relay: Relay | undefined

  constructor() {
    super()
    this.#passed = takePassed()
    this.#relay = this.#passed && new Relay(this.#passed, () => this.requestUpdate())
    // Another link.
    addEventListener('hashchange', () => location.reload())
  }

  protected override render() {
    return html`<main><p class="brand">frontdesk</p>${this.#content()}</main>`
  }

  #content() {
    const passed = this.#passed
    const relay = this.#relay
    if (!passed || !relay)
      return html`<h1>${words.noLink}</h1>
        <p>${words.noLinkHelp}</p>
        <pre class="code"><code>npx frontdesk inspect ${'<conversation>'} --stately</code></pre>`
    const { state, count, latest } = relay
    const isOff = state === 'idle' || state === 'blocked'
    return html`
      <h1>${words.title(passed.conversation)}</h1>
      <p>${words.leaves(inspectorUrl)} <strong>${passed.isRevealed ? words.revealed : words.masked}</strong></p>
      <p role="status" class="state ${state}">${words.states[state]}</p>
      ${count > 0 ? html`<p class="count">${words.count(count, latest)}</p>` : nothing}
      <p class="actions">
        ${
          isOff
            ? html`<button type="button" class="button primary" @click=${() => relay.open()}>${words.open}</button>`
            : html`<button type="button" class="button" @click=${() => relay.stop()}>${words.stop}</button>`
        }
        ${state === 'refused' ? html`<button type="button" class="button" @click=${() => relay.retry()}>${words.retry}</button>` : nothing}
      </p>
    `
  }
}

/** The conversation in the address. The ticket leaves the address at once, for no onlooker to see. */
function takePassed(): Passed | undefined {
  const given = new URLSearchParams(location.hash.slice(1))
  const conversation = given.get('conversation')
  const ticket = given.get('ticket') ?? undefined
  if (!conversation) return undefined
  given.delete('ticket')
  history.replaceState(history.state, '', `${location.pathname}#${given}`)
  return { conversation, ticket, isRevealed: given.get('reveal') === '1' }
}

customElements.define('frontdesk-stately', FrontdeskStately)
