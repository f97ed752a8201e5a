import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { isKind } from '../../../../schemas/configuration/document.ts'
import type { AuditAction, AuditAnswer, AuditedAct } from '../../../../schemas/protocol/audit.ts'
import { ask, gatewayUrl } from '../../base/ask.ts'
import { field, select } from '../../base/field.ts'
import { icons } from '../../base/icons.ts'
import { empty, loading, pageHead, table } from '../../base/page-parts.ts'
import { Part } from '../../base/part.ts'
import { formatMoment } from '../../base/time.ts'
import { failureWords } from '../editor-parts.ts'
import { locale, words } from '../language.ts'
import { linkTo, pageOf } from '../route.ts'

const typingPauseMs = 300

/** The audit log, the latest entries first. */
class AdminAudit extends Part {
  /** The kind and id of the one thing that is looked at; absent: everything. */
  @property() kind: string | undefined
  @property() thing: string | undefined
  @state() entries: readonly AuditedAct[] | undefined
  @state() isMore = false
  @state() failure = ''
  @state() action: AuditAction | '' = ''
  @state() by = ''
  /** Dates, where the reader is. */
  @state() since = ''
  @state() until = ''
  #asked = ''

  protected override willUpdate(): void {
    const query = this.#query
    if (query === this.#asked) return
    const isFirst = this.#asked === ''
    this.#asked = query
    this.afterPause(isFirst ? 0 : typingPauseMs, () => this.#read(query))
  }

  protected override render() {
    const { entries, failure } = this
    const csv = html`
      <a class="button" href=${gatewayUrl(`/v1/admin/audit.csv?${this.#query}`)} download>
        ${icons.download}${words.auditCsv}
      </a>
    `
    return html`
      ${pageHead(words.audit, words.auditLead, csv)}
      ${this.#filters()}
      ${
        this.kind
          ? html`<p>${words.onlyOf(thingText(this.kind, this.thing ?? ''))} <a href=${linkTo('audit')}>${words.showAllActs}</a></p>`
          : nothing
      }
      ${failure ? html`<p class="field-error" role="status">${failure}</p>` : nothing}
      ${
        entries === undefined
          ? failure
            ? nothing
            : loading(words.loading)
          : entries.length === 0
            ? empty(words.noActs, words.noActsHelp)
            : this.#table(entries)
      }
      ${
        this.isMore
          ? html`<p class="actions"><button type="button" class="button" @click=${this.#readMore}>${words.earlierActs}</button></p>`
          : nothing
      }
    `
  }

  #filters() {
    const acts = Object.entries(words.acts) as [AuditAction, string][]
    const date = (id: 'since' | 'until') =>
      field(
        { id: `audit-${id}`, label: words[id] },
        ({ id: control }) => html`
          <input
            class="field"
            type="date"
            id=${control}
            .value=${this[id]}
            @change=${(event: Event) => {
              this[id] = (event.target as HTMLInputElement).value
            }}
          >
        `,
      )
    return html`
      <form class="filters" role="search" aria-label=${words.audit} @submit=${(event: Event) => event.preventDefault()}>
        ${field(
          { id: 'audit-by', label: words.who },
          ({ id }) => html`
            <input
              class="field"
              type="search"
              id=${id}
              autocomplete="off"
              placeholder=${words.whoPlaceholder}
              @input=${(event: Event) => {
                this.by = (event.target as HTMLInputElement).value.trim()
              }}
            >
          `,
        )}
        ${field({ id: 'audit-action', label: words.act }, ({ id }) =>
          select<AuditAction | ''>({
            id,
            value: this.action,
            options: [['', words.anyAct], ...acts],
            choose: (action) => {
              this.action = action
            },
          }),
        )}
        ${date('since')} ${date('until')}
      </form>
    `
  }

  #table(entries: readonly AuditedAct[]) {
    return table(
      [words.when, words.who, words.act, words.actedOn],
      entries.map(
        ({ at, by, action, on }) => html`
          <tr>
            <td class="when">${formatMoment(at, locale, { dateStyle: 'medium', timeStyle: 'short' })}</td>
            <th scope="row">
              ${by.name ?? by.id}
              <span class="sub">${words.actors[by.role]}</span>
            </th>
            <td>${words.acts[action as AuditAction] ?? action}</td>
            <td>
              ${on.id === '*' ? words.everybody : thingLink(on.kind, on.id)}
              ${on.revision === 0 ? html`<span class="mark">${words.isNewThing}</span>` : nothing}
            </td>
          </tr>
        `,
      ),
      'audit',
    )
  }

  get #query(): string {
    const day = (date: string, days = 0) => {
      const at = new Date(`${date}T00:00`)
      at.setDate(at.getDate() + days)
      return Number.isNaN(at.getTime()) ? '' : at.toISOString()
    }
    const asked = {
      kind: this.kind,
      id: this.thing,
      action: this.action,
      by: this.by,
      from: day(this.since),
      // The last day is included.
      to: day(this.until, 1),
    }
    return (
      new URLSearchParams(
        Object.entries(asked).filter(([, value]) => value) as [string, string][],
      ).toString() || ' '
    )
  }

  #readMore = (): void => {
    const last = this.entries?.at(-1)
    void this.#read(this.#query, last && `&before=${last.sequence}`)
  }

  async #read(query: string, more = ''): Promise<void> {
    const answer = await ask<AuditAnswer>('GET', `/v1/admin/audit?${query.trim()}${more}`)
    if (query !== this.#asked) return
    this.failure = answer.ok ? '' : failureWords(answer.error)
    if (!answer.ok) return
    this.entries = more === '' ? answer.value.entries : [...(this.entries ?? []), ...answer.value.entries]
    this.isMore = answer.value.isMore
    if (more !== '' && !this.isMore) await this.focusLater('h1')
  }
}

function thingText(kind: string, id: string): string {
  const thing = words.things[kind] ?? kind
  return id === '*' ? words.everybody : `${thing} ${id}`
}

/** A document's name leads to it. Webhooks have no page. */
function thingLink(kind: string, id: string) {
  const code = html`<code>${id}</code>`
  return html`
    ${isKind(kind) && kind !== 'webhook' ? html`<a href=${linkTo(pageOf(kind), id)}>${code}</a>` : code}
    <span class="sub">${words.things[kind] ?? kind}</span>
  `
}

customElements.define('admin-audit', AdminAudit)
