import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { keyNameLengthMax } from '../../../schemas/limits.ts'
import type { KeyAnswer } from '../../../schemas/protocol/admin.ts'
import { ask } from '../base/ask.ts'
import { confirmation } from '../base/banner.ts'
import type { CopyButton } from '../base/copy-button.ts'
import { field } from '../base/field.ts'
import { icons } from '../base/icons.ts'
import { empty, loading, pageHead, table } from '../base/page-parts.ts'
import { Part } from '../base/part.ts'
import '../base/copy-button.ts'
import { formatMoment } from '../base/time.ts'
import { failureWords } from './editor-parts.ts'
import { locale, words } from './language.ts'

/** The keys by which a company's server signs who its customers are. */
class AdminKeys extends Part {
  @state() keys: KeyAnswer[] | undefined
  /** A new key with its secret, which is shown this once. */
  @state() created: (KeyAnswer & { secret: string }) | undefined
  @state() revoking: string | undefined
  @state() failure = ''

  constructor() {
    super()
    void this.#list()
  }

  protected override whileConnected(signal: AbortSignal): void {
    addEventListener('beforeunload', this.#askBeforeUnload, { signal })
  }

  protected override render() {
    return html`
      ${pageHead(words.keys, words.keysLead)}
      ${this.created ? this.#secret(this.created) : this.#form()}
      ${this.keys === undefined ? loading(words.loading) : this.#table(this.keys)}
    `
  }

  #form() {
    const { failure } = this
    return html`
      <form class="section new-key" @submit=${this.#create}>
        ${field(
          { id: 'key-name', label: words.newKey, hint: failure ? '' : words.keyNameHint, error: failure },
          ({ id, invalid, describedBy }) => html`
            <input
              class="field"
              id=${id}
              name="name"
              required
              maxlength=${keyNameLengthMax}
              autocomplete="off"
              placeholder=${words.keyNamePlaceholder}
              aria-invalid=${invalid}
              aria-describedby=${describedBy}
            >
          `,
        )}
        <button class="button primary">${icons.plus}${words.createKey}</button>
      </form>
    `
  }

  #secret({ kid, name, secret }: KeyAnswer & { secret: string }) {
    return html`
      <section class="card secret" id="secret" aria-labelledby="secret-title" tabindex="-1">
        <h2 id="secret-title">${words.keyCreated(name)}</h2>
        <p>${words.secretOnce}</p>
        <dl>
          <dt>${words.keyId}</dt>
          <dd><code>${kid}</code></dd>
          <dt>${words.secret}</dt>
          <dd class="inline">
            <code id="secret-text">${secret}</code>
            <copy-button .text=${secret} .words=${words} shown="secret-text"></copy-button>
          </dd>
        </dl>
        <h3>${words.howToSign}</h3>
        <pre class="code" tabindex="0"><code>${example(kid)}</code></pre>
        <p class="hint">${words.howToLogin}</p>
        <p class="actions">
          <button type="button" class="button primary" @click=${this.#done}>${words.secretKept}</button>
        </p>
      </section>
    `
  }

  #table(keys: KeyAnswer[]) {
    if (keys.length === 0) return empty(words.noKeys, words.noKeysHelp)
    return table(
      [
        words.name,
        { text: words.keyId, wide: true },
        words.createdAt,
        { text: words.actions, isHidden: true },
      ],
      keys.map((key) => this.#row(key)),
    )
  }

  #row({ kid, name, createdAt }: KeyAnswer) {
    const revoke = html`
      <button
        type="button"
        class="button danger"
        aria-label=${words.revokeNamed(name)}
        @click=${() => this.#confirm(kid)}
      >${words.revoke}</button>
    `
    const confirming = () =>
      confirmation(words.revokeEffect(name), words.revokeNow, {
        cancel: words.cancel,
        confirm: () => void this.#revoke(kid),
        decline: () => void this.#confirm(undefined),
      })
    return html`
      <tr>
        <th scope="row">${name}<span class="id narrow-only">${kid}</span></th>
        <td class="wide"><code>${kid}</code></td>
        <td>${formatMoment(createdAt, locale, { dateStyle: 'medium' })}</td>
        <td class="end">${revoke}</td>
      </tr>
      ${
        this.revoking === kid
          ? html`<tr class="confirming"><td colspan="4">${confirming()}</td></tr>`
          : nothing
      }
    `
  }

  async #confirm(kid: string | undefined): Promise<void> {
    const before = this.revoking
    this.revoking = kid
    await this.updateComplete
    const row = (id: string | undefined) => this.keys?.findIndex((key) => key.kid === id) ?? -1
    if (kid) this.querySelector<HTMLElement>('.confirming .button')?.focus()
    else this.querySelectorAll<HTMLElement>('tbody .end .button')[row(before)]?.focus()
  }

  async #list(): Promise<void> {
    const answer = await ask<{ keys: KeyAnswer[] }>('GET', '/v1/admin/keys')
    if (answer.ok) this.keys = answer.value.keys
    else this.failure = failureWords(answer.error)
  }

  #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault()
    const { name } = (event.target as HTMLFormElement).elements as unknown as { name: HTMLInputElement }
    this.failure = ''
    const body = { name: name.value.trim() }
    const answer = await ask<KeyAnswer & { secret: string }>('POST', '/v1/admin/keys', { body })
    if (answer.ok) {
      this.created = answer.value
      await this.#list()
      await this.focusLater('#secret')
      return
    }
    const { error } = answer
    this.failure = error.code === 'too_many_keys' ? words.tooManyKeys : failureWords(error)
    await this.focusLater('#key-name')
  }

  #done = async (): Promise<void> => {
    this.created = undefined
    await this.focusLater('#key-name')
  }

  async #revoke(kid: string): Promise<void> {
    const answer = await ask('DELETE', `/v1/admin/keys/${encodeURIComponent(kid)}`)
    this.failure = answer.ok || answer.error.status === 404 ? '' : failureWords(answer.error)
    this.revoking = undefined
    if (this.created?.kid === kid) this.created = undefined
    await this.#list()
    await this.focusLater('h1')
  }

  get #hasCopied(): boolean {
    return this.querySelector<CopyButton>('copy-button')?.isCopied ?? false
  }

  #askBeforeUnload = (event: BeforeUnloadEvent): void => {
    if (this.created && !this.#hasCopied) event.preventDefault()
  }
}

function example(kid: string): string {
  return `import { SignJWT } from 'jose' // npm install jose

const secret = new TextEncoder().encode(process.env.FRONTDESK_KEY)
const token = await new SignJWT({
  scope: 'user',
  external_id: user.id,
  name: user.name,
  email: user.email,
  email_verified: true,
})
  .setProtectedHeader({ alg: 'HS256', kid: '${kid}' })
  .setExpirationTime('1h')
  .sign(secret)`
}

customElements.define('admin-keys', AdminKeys)
