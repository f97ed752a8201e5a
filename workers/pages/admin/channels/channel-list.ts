import { html, nothing, type PropertyValues } from 'lit'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import { icons } from '../../base/icons.ts'
import { Part } from '../../base/part.ts'
import { locale, words } from '../language.ts'
import { newDialog } from '../new-dialog.ts'
import { linkTo } from '../route.ts'
import { HoursWatch } from '../schedules/hours-watch.ts'
import { type Hours, verdictOf } from '../schedules/verdict.ts'
import type { Stored, StoredOne } from '../stored.ts'

/** All configured channels. */
class AdminChannels extends Part {
  static override properties = { stored: { attribute: false } }
  declare stored: Stored
  readonly #hours = new HoursWatch(this)

  protected override willUpdate(_: PropertyValues<this>): void {
    const used = new Set([...this.stored.channels.values()].map(({ document }) => document.schedule ?? ''))
    this.#hours.follow(
      new Map(
        [...this.stored.schedules].filter(([id]) => used.has(id)).map(([id, one]) => [id, one.document]),
      ),
    )
  }

  protected override render() {
    const { channels } = this.stored
    return html`
      <header class="head">
        <div>
          <h1 tabindex="-1">${words.channels}</h1>
          <p class="lead">${words.channelsLead}</p>
        </div>
        ${channels.size > 0 ? html`<button class="button primary" @click=${this.#create}>${icons.plus}${words.newChannel}</button>` : nothing}
      </header>
      ${channels.size > 0 ? this.#table() : this.#empty()}
      ${newDialog('channel', [...channels.keys()], channels.size === 0 ? 'web' : '')}
    `
  }

  #table() {
    return html`
      <table class="list">
        <thead>
          <tr>
            <th scope="col">${words.channel}</th>
            <th scope="col">${words.schedule}</th>
            <th scope="col" class="wide">${words.bot}</th>
            <th scope="col" class="wide">${words.type}</th>
            <th scope="col" class="wide">${words.workspace}</th>
          </tr>
        </thead>
        <tbody>
          ${[...this.stored.channels].map(([id, one]) => this.#row(id, one))}
        </tbody>
      </table>
      <p class="note">${words.unlistedChannels}</p>
    `
  }

  #row(id: string, { document, problems }: StoredOne<Channel>) {
    return html`
      <tr>
        <th scope="row">
          <a href=${linkTo('channels', id, 'responses')}>${document.name || id}</a>
          <span class="id">${id}</span>
          ${problems ? html`<span class="mark">${words.notInForceMark}</span>` : nothing}
        </th>
        <td>${this.#scheduleOf(document)}</td>
        <td class="wide">${this.#botOf(document)}</td>
        <td class="wide">${words.types[document.type ?? 'unset']}</td>
        <td class="wide">${document.workspace ?? 'main'}</td>
      </tr>
    `
  }

  #scheduleOf({ schedule }: Channel) {
    if (!schedule) return html`<span class="muted">${words.alwaysOpen}</span>`
    const stored = this.stored.schedules.get(schedule)
    if (!stored) return html`<span class="state missing">${words.missing(schedule)}</span>`
    const hours = this.#hours.answers.get(schedule)
    return html`
      <a href=${linkTo('schedules', schedule)}>${stored.document.name || schedule}</a>
      ${hours ? openOrClosed(hours) : nothing}
    `
  }

  #botOf({ bot }: Channel) {
    if (!bot) return html`<span class="muted">${words.none}</span>`
    const stored = this.stored.bots.get(bot)
    if (!stored) return html`<span class="state missing">${words.missing(bot)}</span>`
    return html`<a href=${linkTo('bots', bot)}>${stored.name || bot}</a>`
  }

  #empty() {
    return html`
      <section class="empty">
        <h2>${words.noChannels}</h2>
        <p>${words.noChannelsHelp}</p>
        <p class="actions">
          <button class="button primary" @click=${this.#create}>${icons.plus}${words.configureAChannel}</button>
          <a class="button" href="/" target="_blank">${words.tryAsCustomer}</a>
        </p>
      </section>
    `
  }

  #create = (): void => {
    this.querySelector<HTMLDialogElement>('dialog')?.showModal()
  }
}

/** A mark with the verdict in words, for a line of a list. */
export function openOrClosed(hours: Hours) {
  return html`<span class="state ${hours.open ? 'open' : 'closed'}">${verdictOf(hours, words, locale)}</span>`
}

customElements.define('admin-channels', AdminChannels)
