import { html } from 'lit'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import { table } from '../../base/page-parts.ts'
import { DocumentList } from '../document-list.ts'
import { words } from '../language.ts'
import { linkTo } from '../route.ts'
import { HoursWatch } from '../schedules/hours-watch.ts'
import type { StoredConfiguration, StoredOne } from '../stored.ts'

/** All configured channels. */
class AdminChannels extends DocumentList<StoredOne<Channel>> {
  protected readonly kind = 'channel'
  protected readonly texts = {
    title: words.channels,
    lead: words.channelsLead,
    create: words.newChannel,
    none: words.noChannels,
    noneHelp: words.noChannelsHelp,
    createFirst: words.configureAChannel,
  }
  protected override readonly more = {
    first: html`<a class="button" href="./" target="_blank">${words.tryAsCustomer}</a>`,
  }
  readonly #hours = new HoursWatch(this)

  protected override get suggestion(): string {
    return this.stored.channels.size === 0 ? 'web' : ''
  }

  protected override willUpdate(): void {
    const { channels, schedules } = this.stored
    const used = new Set([...channels.values()].map(({ document }) => document.schedule ?? ''))
    this.#hours.follow(
      new Map([...schedules].filter(([id]) => used.has(id)).map(([id, { document }]) => [id, document])),
    )
  }

  protected documents({ channels }: StoredConfiguration) {
    return channels
  }

  protected table(rows: unknown) {
    const wide = true as const
    const heads = [words.bot, words.type, words.workspace].map((text) => ({ text, wide }))
    return html`
      ${table([words.channel, words.schedule, ...heads], rows)}
      <p class="note">${words.unlistedChannels}</p>
    `
  }

  protected cells({ document }: StoredOne<Channel>) {
    return html`
      <td>${this.#scheduleOf(document)}</td>
      <td class="wide">${this.#botOf(document)}</td>
      <td class="wide">${words.types[document.type ?? 'unset']}</td>
      <td class="wide">${document.workspace ?? 'main'}</td>
    `
  }

  #scheduleOf({ schedule }: Channel) {
    if (!schedule) return html`<span class="muted">${words.alwaysOpen}</span>`
    const stored = this.stored.schedules.get(schedule)
    if (!stored) return html`<span class="state missing">${words.missing(schedule)}</span>`
    return html`
      <a href=${linkTo('schedules', schedule)}>${stored.name || schedule}</a>
      ${this.#hours.mark(schedule)}
    `
  }

  #botOf({ bot }: Channel) {
    if (!bot) return html`<span class="muted">${words.none}</span>`
    const stored = this.stored.bots.get(bot)
    if (!stored) return html`<span class="state missing">${words.missing(bot)}</span>`
    return html`<a href=${linkTo('bots', bot)}>${stored.name || bot}</a>`
  }
}

customElements.define('admin-channels', AdminChannels)
