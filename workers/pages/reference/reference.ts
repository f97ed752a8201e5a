import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from 'lit'
import { sheet, tokens } from '../base/styles/tokens.ts'
import {
  type AsyncApi,
  entriesOf,
  matching,
  type OpenApi,
  type ReferenceEntry,
  schemasOf,
} from './documents.ts'
import { entryView } from './entry-view.ts'
import style from './reference.css'
import { type Named, prose } from './schema-view.ts'
import { words } from './words.ts'

const sections = ['HTTP', 'WebSockets', 'NATS', 'Schemas'] as const

/** The descriptions of the gateway, to be read by people: a list on the side, and one entry at a time. */
class FrontdeskReference extends LitElement {
  static override styles = [tokens, sheet, unsafeCSS(style)]
  #documents: { asyncApi: AsyncApi; openApi: OpenApi; entries: ReferenceEntry[]; named: Named } | undefined
  #hasFailed = false
  #text = ''

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('hashchange', this.#moved)
    addEventListener('keydown', this.#pressed)
    void this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('hashchange', this.#moved)
    removeEventListener('keydown', this.#pressed)
  }

  async #load(): Promise<void> {
    try {
      const read = async (name: string) => (await fetch(`./${name}.json`)).json()
      const [asyncApi, openApi] = (await Promise.all([read('asyncapi'), read('openapi')])) as [
        AsyncApi,
        OpenApi,
      ]
      this.#documents = {
        asyncApi,
        openApi,
        entries: entriesOf(asyncApi, openApi),
        named: schemasOf(asyncApi, openApi),
      }
    } catch {
      this.#hasFailed = true
    }
    this.requestUpdate()
    await this.updateComplete
    this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'center' })
  }

  readonly #moved = async (): Promise<void> => {
    this.requestUpdate()
    await this.updateComplete
    scrollTo(0, 0)
    this.renderRoot.querySelector<HTMLElement>('main h1')?.focus()
  }

  /** `/` leads to the search, as in other references. */
  readonly #pressed = (event: KeyboardEvent): void => {
    const field = this.renderRoot.querySelector<HTMLInputElement>('#search')
    const isTyping = event.composedPath().some((target) => target instanceof HTMLInputElement)
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey || !field) return
    event.preventDefault()
    field.focus()
  }

  protected override render(): TemplateResult {
    const documents = this.#documents
    if (!documents)
      return html`<main class="alone"><h1>${words.title}</h1>
        <p role="status">${this.#hasFailed ? words.failed : words.loading}</p></main>`
    const id = decodeURIComponent(location.hash.replace(/^#\/?/, ''))
    const entry = documents.entries.find((one) => one.id === id)
    document.title = `frontdesk · ${entry?.title ?? words.title.toLowerCase()}`
    return html`
      <div class="frame">
        ${this.#side(documents.entries, id)}
        <main>
          ${
            id === ''
              ? this.#start(documents)
              : entry
                ? entryView(entry, documents.openApi.components.securitySchemes, documents.named)
                : html`<h1 tabindex="-1">${words.unknown}</h1>`
          }
        </main>
      </div>
    `
  }

  #start({ asyncApi, openApi }: { asyncApi: AsyncApi; openApi: OpenApi }): TemplateResult {
    return html`
      <h1 tabindex="-1">${words.title}</h1>
      <p class="lead">${words.lead} ${words.version(openApi.info.version)}.</p>
      <p>${words.inWords}</p>
      <p>${words.forPrograms}<a href="./asyncapi.json">asyncapi.json</a>, <a href="./openapi.json">openapi.json</a></p>
      <h2>NATS, WebSockets</h2>
      ${prose(asyncApi.info.description)}
      <h2>HTTP</h2>
      ${prose(openApi.info.description)}
    `
  }

  #side(entries: readonly ReferenceEntry[], id: string): TemplateResult {
    const found = matching(entries, this.#text)
    const typed = (event: InputEvent) => {
      this.#text = (event.target as HTMLInputElement).value
      this.requestUpdate()
    }
    return html`
      <nav class="side" aria-label=${words.contents}>
        <p class="brand"><a href="#/">${words.brand} · ${words.title.toLowerCase()}</a></p>
        <input
          id="search"
          type="search"
          class="input"
          aria-label=${words.search}
          placeholder=${words.searchKey}
          .value=${this.#text}
          @input=${typed}
        />
        <p class="hint" role="status">${this.#text === '' ? nothing : found.length === 0 ? words.nothingFound : words.found(found.length)}</p>
        ${sections.map((section) => this.#section(section, found, id))}
      </nav>
    `
  }

  #section(
    section: ReferenceEntry['section'],
    found: readonly ReferenceEntry[],
    id: string,
  ): TemplateResult | typeof nothing {
    const inSection = found.filter((entry) => entry.section === section)
    if (inSection.length === 0) return nothing
    const groups = [...new Set(inSection.map(({ group }) => group))]
    const isOpen = this.#text !== '' || inSection.some((entry) => entry.id === id) || section === 'HTTP'
    return html`
      <details ?open=${isOpen}>
        <summary>${section}<span class="count">${inSection.length}</span></summary>
        ${groups.map(
          (group) => html`
            ${groups.length > 1 ? html`<h3>${group}</h3>` : nothing}
            <ul>
              ${inSection
                .filter((entry) => entry.group === group)
                .map(
                  (entry) => html`<li>
                    <a href="#/${entry.id}" aria-current=${entry.id === id ? 'page' : nothing} title=${entry.summary}
                      >${labelOf(entry)}</a
                    >
                  </li>`,
                )}
            </ul>
          `,
        )}
      </details>
    `
  }
}

/** Short: the method stands apart, and both directions of a socket have the same address. */
function labelOf({ described, title }: ReferenceEntry): TemplateResult | string {
  if (described.kind === 'http') return html`<span class="method">${described.method}</span>${described.path}`
  if (described.kind === 'messages' && described.address.startsWith('/'))
    return described.action === 'receive' ? words.receives : words.sends
  return title
}

customElements.define('frontdesk-reference', FrontdeskReference)
