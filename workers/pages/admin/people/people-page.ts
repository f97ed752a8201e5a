import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import type { PersonAnswer } from '../../../../schemas/protocol/admin.ts'
import { ask } from '../../base/ask.ts'
import { confirmation } from '../../base/banner.ts'
import { empty, loading, pageHead, table } from '../../base/page-parts.ts'
import { every, Part } from '../../base/part.ts'
import { formatMoment } from '../../base/time.ts'
import { failureWords } from '../editor-parts.ts'
import { locale, words } from '../language.ts'

const readEveryMs = 30_000
/** The number of people that makes a search useful. */
const searchFrom = 10

/** The people who have signed in or were at a desk lately. */
class AdminPeople extends Part {
  @state() people: readonly PersonAnswer[] | undefined
  @state() search = ''
  /** The id of the person who may be signed out. */
  @state() asked: string | undefined
  @state() notice = ''
  @state() failure = ''

  protected override whileConnected(signal: AbortSignal): void {
    void this.#read()
    every(readEveryMs, () => void this.#read(), signal)
  }

  protected override render() {
    const { people, failure, notice } = this
    return html`
      ${pageHead(words.people, words.peopleLead)}
      <p role="status" class=${failure ? 'field-error' : 'hint'}>${failure || notice}</p>
      ${
        people === undefined
          ? failure
            ? nothing
            : loading(words.loading)
          : people.length === 0
            ? empty(words.noPeople, words.noPeopleHelp)
            : html`
                ${people.length < searchFrom ? nothing : this.#searchField()}
                ${this.#table(people.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(this.search)))}
              `
      }
    `
  }

  #searchField() {
    return html`
      <input
        class="field search"
        type="search"
        aria-label=${words.searchPeople}
        placeholder=${words.searchPeople}
        @input=${(event: Event) => {
          this.search = (event.target as HTMLInputElement).value.trim().toLowerCase()
        }}
      >
    `
  }

  #table(people: readonly PersonAnswer[]) {
    return table(
      [
        words.name,
        words.roles,
        { text: words.workspaces, wide: true },
        words.lastSeen,
        { text: words.actions, isHidden: true },
      ],
      people.map((person) => this.#row(person)),
      'people',
    )
  }

  #row({ id, name, roles, workspaces, seenAt, state }: PersonAnswer) {
    const spaces = workspaces === 'all' ? words.allWorkspaces : workspaces.join(', ')
    const question = () =>
      confirmation(words.signOutEffect(name), words.signOutPerson, {
        cancel: words.cancel,
        confirm: () => void this.#signOut(id, name),
        decline: () => void this.#ask(undefined),
      })
    return html`
      <tr>
        <th scope="row">${name}<span class="id">${id}</span></th>
        <td>${roles.map((role) => words.staffRoles[role]).join(', ')}</td>
        <td class="wide">${spaces}</td>
        <td>
          ${
            state === 'gone'
              ? formatMoment(seenAt, locale, { dateStyle: 'medium', timeStyle: 'short' })
              : html`<span class="state ${state === 'online' ? 'open' : ''}">${words.presence[state]}</span>`
          }
        </td>
        <td class="end">
          <button
            type="button"
            class="button"
            aria-label=${words.signOutNamed(name)}
            @click=${() => void this.#ask(id)}
          >${words.signOutPerson}</button>
        </td>
      </tr>
      ${this.asked === id ? html`<tr class="confirming"><td colspan="5">${question()}</td></tr>` : nothing}
    `
  }

  async #ask(id: string | undefined): Promise<void> {
    const before = this.asked
    this.asked = id
    await this.updateComplete
    const row = this.people?.findIndex((person) => person.id === before) ?? -1
    if (id !== undefined) this.querySelector<HTMLElement>('.confirming .button')?.focus()
    else this.querySelectorAll<HTMLElement>('tbody .end .button')[row]?.focus()
  }

  async #signOut(id: string, name: string): Promise<void> {
    const answer = await ask('POST', '/v1/admin/people/sign-out', { body: { id } })
    this.failure = answer.ok ? '' : failureWords(answer.error)
    this.notice = answer.ok ? words.hasSignedOut(name) : ''
    this.asked = undefined
    await this.#read()
    await this.focusLater('h1')
  }

  async #read(): Promise<void> {
    const answer = await ask<{ people: PersonAnswer[] }>('GET', '/v1/admin/people')
    if (answer.ok) this.people = answer.value.people
    else this.failure = failureWords(answer.error)
  }
}

customElements.define('admin-people', AdminPeople)
