import { html, nothing, type PropertyValues } from 'lit'
import { live } from 'lit/directives/live.js'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import type { PreviewAnswer } from '../../../../schemas/protocol/admin.ts'
import { ask } from '../../base/ask.ts'
import { icons } from '../../base/icons.ts'
import { DocumentEditor } from '../document-editor.ts'
import type { Path } from '../draft.ts'
import { Editing } from '../editing.ts'
import {
  conflict,
  described,
  fieldError,
  fieldId,
  previewHead,
  problemSummary,
  saveBar,
} from '../editor-parts.ts'
import { fieldWord, language, words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { linkTo } from '../route.ts'
import { HoursWatch } from '../schedules/hours-watch.ts'
import { shownValue } from '../shown-value.ts'
import { openOrClosed } from './channel-list.ts'
import '../bots/bot-preview.ts'
import './reminders.ts'
import './response-editor.ts'
import './widget-preview.ts'

const previewPauseMs = 300

const channelTabs = ['responses', 'reminders', 'settings'] as const
type ChannelTab = (typeof channelTabs)[number]

/** A channel: what it says and asks, when it reminds, and what it is. */
class AdminChannel extends DocumentEditor<Channel> {
  static override properties = {
    channel: {},
    tab: {},
    preview: { state: true },
    isReady: { state: true },
    hours: { state: true },
    previewLanguage: { state: true },
  }
  declare channel: string
  /** A tab's name, as the address has it. */
  declare tab: string | undefined
  declare preview: PreviewAnswer | undefined
  /** Whether the defaults are known, or not to be had: fields that fill themselves later would confuse. */
  declare isReady: boolean
  /** Which of the two responses is looked at: in the preview, and on a narrow screen in the form. */
  declare hours: 'during' | 'outside'
  declare previewLanguage: 'en' | 'fr'
  protected readonly kind = 'channel'
  readonly #hours = new HoursWatch(this)
  #previewed = ''
  #timer = 0

  constructor() {
    super()
    this.isReady = false
    this.hours = 'during'
    this.previewLanguage = language
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const stored = this.stored.channels.get(this.channel)
    if (!this.editing) {
      const { name } = beginnings.get(`channel.${this.channel}`) ?? { name: '' }
      const document = { id: this.channel, ...(name && { name }) }
      this.editing = new Editing<Channel>(this, 'channel', stored, document, this.refresh)
    }
    if (changed.has('stored')) this.editing.follow(stored)
    const schedule = this.#schedule
    this.#hours.follow(new Map(schedule ? [[schedule.id, schedule]] : []))
    this.#askForPreview()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  get #schedule() {
    return this.stored.schedules.get(this.editing.document.schedule ?? '')?.document
  }

  protected override render() {
    const { document, isNew } = this.editing
    return html`
      <nav class="crumbs" aria-label=${words.path}><a href="#/channels">${icons.back}${words.channels}</a></nav>
      <header class="head">
        <div>
          <h1 tabindex="-1">${document.name || document.id}</h1>
          <p class="lead"><span class="id">${document.id}</span>${isNew ? html` <span class="mark">${words.notConfigured}</span>` : nothing}</p>
        </div>
      </header>
      ${problemSummary(this.editing, channelFieldName, (path) => void this.#show(path))}
      ${conflict(this.editing, channelFieldName, shownValue, {
        leave: () => this.leave(),
        save: this.save,
        settled: this.toTop,
      })}
      <nav class="tabs" aria-label=${words.partsOfChannel}>
        ${channelTabs.map(
          (tab) =>
            html`<a href=${linkTo('channels', this.channel, tab)} aria-current=${this.#shownTab === tab ? 'page' : 'false'}>${words.tabs[tab]}</a>`,
        )}
      </nav>
      ${this.#tabContent()}
      ${saveBar(this.editing, this.save, this.toTop)}
    `
  }

  get #shownTab(): ChannelTab {
    return channelTabs.find((tab) => tab === this.tab) ?? 'responses'
  }

  #tabContent() {
    if (!this.isReady) return html`<p class="hint" role="status">${words.loading}</p>`
    switch (this.#shownTab) {
      case 'responses':
        return this.#responses()
      case 'reminders':
        return html`<admin-reminders .editing=${this.editing} .document=${this.editing.document} .problems=${this.editing.draft.problems} .defaults=${this.preview?.defaults.timeouts}></admin-reminders>`
      case 'settings':
        return this.#settings()
    }
  }

  /** The bot that is chosen, where it is there and in force. */
  get #bot() {
    const bot = this.stored.bots.get(this.editing.document.bot ?? '')
    return bot?.problems ? undefined : bot
  }

  #responses() {
    const bot = this.#bot
    return html`
      ${this.#scheduleField()} ${this.#botField()}
      <div class="responses">
        <div class="both" data-shown=${this.hours}>
          <div class="segments narrow-only" role="group" aria-label=${words.whichResponse}>${this.#hoursSwitch()}</div>
          ${(['during', 'outside'] as const).map(
            (hours) => html`
              <admin-response class=${hours}
                .editing=${this.editing}
                .hours=${hours}
                .response=${this.editing.document[`${hours}Hours`]}
                .problems=${this.editing.draft.problems}
                .defaults=${this.preview?.defaults[hours]}
                .isUsed=${hours === 'during' || Boolean(this.editing.document.schedule)}
                .isFallback=${bot !== undefined}
                @focusin=${() => {
                  this.hours = hours
                }}
              ></admin-response>
            `,
          )}
        </div>
        <aside class="preview" aria-labelledby="preview-title">
          ${previewHead(this.previewLanguage, (language) => {
            this.previewLanguage = language
          })}
          <div class="segments wide" role="group" aria-label=${words.whichResponse}>${this.#hoursSwitch()}</div>
          ${
            bot
              ? html`<admin-bot-preview .text=${bot.document.text} .channel=${this.editing.document} .language=${this.previewLanguage} .hours=${this.hours} .name=${this.editing.document.name ?? ''}></admin-bot-preview>`
              : html`<admin-preview .response=${this.preview?.[this.hours]} .language=${this.previewLanguage} .name=${this.editing.document.name ?? ''}></admin-preview>`
          }
        </aside>
      </div>
    `
  }

  #hoursSwitch() {
    return (['during', 'outside'] as const).map(
      (hours) =>
        html`<button type="button" aria-pressed=${this.hours === hours} @click=${() => {
          this.hours = hours
        }}>${words.hoursShort[hours]}</button>`,
    )
  }

  #scheduleField() {
    const { schedule } = this.editing.document
    const chosen = this.#schedule
    const hours = chosen && this.#hours.answers.get(chosen.id)
    const path = ['schedule']
    const { invalid, by } = described(this.editing, path, 'schedule-hint')
    return html`
      <section class="choice">
        <label for=${fieldId(path)}>${words.schedule}</label>
        <select class="field" id=${fieldId(path)} aria-invalid=${invalid} aria-describedby=${by} @change=${(
          event: Event,
        ) => {
          const { value } = event.target as HTMLSelectElement
          this.editing.edit(path, value === '' ? undefined : value)
        }}>
          <option value="" .selected=${!schedule}>${words.noSchedule}</option>
          ${schedule && !chosen ? html`<option value=${schedule} .selected=${true}>${words.missing(schedule)}</option>` : nothing}
          ${[...this.stored.schedules].map(
            ([id, one]) =>
              html`<option value=${id} .selected=${id === schedule}>${one.document.name || id}</option>`,
          )}
        </select>
        <p class="hint" id="schedule-hint">
          ${
            chosen
              ? html`${hours ? openOrClosed(hours) : nothing}
                <a href=${linkTo('schedules', chosen.id)}>${words.editSchedule}</a>`
              : schedule
                ? words.missingScheduleHint
                : words.noScheduleHint
          }
        </p>
        ${fieldError(this.editing, path)}
      </section>
    `
  }

  #botField() {
    const { bot } = this.editing.document
    const chosen = this.stored.bots.get(bot ?? '')
    const path = ['bot']
    const { invalid, by } = described(this.editing, path, 'bot-hint')
    return html`
      <section class="choice">
        <label for=${fieldId(path)}>${words.bot}</label>
        <div class="inline">
          <select class="field" id=${fieldId(path)} aria-invalid=${invalid} aria-describedby=${by} @change=${(
            event: Event,
          ) => {
            const { value } = event.target as HTMLSelectElement
            this.editing.edit(path, value === '' ? undefined : value)
          }}>
            <option value="" .selected=${!bot}>${words.noBot}</option>
            ${bot && !chosen ? html`<option value=${bot} .selected=${true}>${words.missing(bot)}</option>` : nothing}
            ${[...this.stored.bots].map(
              ([id, one]) => html`<option value=${id} .selected=${id === bot}>${one.name || id}</option>`,
            )}
          </select>
          ${bot ? html`<button type="button" class="button" @click=${this.#switchOff}>${words.switchOff}</button>` : nothing}
        </div>
        <p class="hint" id="bot-hint">
          ${
            !bot
              ? words.noBotHint
              : !chosen
                ? html`<span class="state missing">${words.missingBotHint(bot)}</span>`
                : html`${chosen.problems ? html`<span class="state missing">${words.brokenBotHint}</span>` : html`<span>${words.botHint}</span>`}
                  <a href=${linkTo('bots', chosen.document.id)}>${words.editBot}</a>`
          }
        </p>
        ${fieldError(this.editing, path)}
      </section>
    `
  }

  /** At once, where nothing else waits to be saved. */
  #switchOff = (): void => {
    const isAlone = !this.editing.isChanged
    this.editing.edit(['bot'], undefined)
    void this.focusLater(`#${fieldId(['bot'])}`)
    if (isAlone) this.save()
  }

  #settings() {
    const { document, isNew } = this.editing
    return html`
      <div class="section form">
        ${this.#textField(['name'], words.name, words.channelNameHint, document.name, document.id)}
        <div class="row">
          <label for=${fieldId(['type'])}>${words.type}</label>
          <select class="field" id=${fieldId(['type'])} @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement
            this.editing.edit(['type'], value === '' ? undefined : value)
          }}>
            ${(['unset', 'web', 'mobile'] as const).map(
              (type) =>
                html`<option value=${type === 'unset' ? '' : type} .selected=${(document.type ?? 'unset') === type}>${words.types[type]}</option>`,
            )}
          </select>
        </div>
        ${this.#textField(['workspace'], words.workspace, words.workspaceHint, document.workspace, this.preview?.defaults.workspace ?? 'main')}
        ${this.#textField(['locale'], words.locale, words.localeHint, document.locale, words.localePlaceholder)}
      </div>
      <section class="section form" aria-labelledby="embed-title">
        <h2 id="embed-title">${words.embed}</h2>
        <p class="hint">${words.embedHint}</p>
        <pre class="code" tabindex="0"><code>${`<script src="${window.location.origin}/widget.js"></script>\n<frontdesk-widget channel="${document.id}"></frontdesk-widget>`}</code></pre>
      </section>
      ${isNew ? nothing : this.deletion(words.deleteChannel, () => words.deleteChannelEffect(this.channel))}
    `
  }

  #textField(path: Path, label: string, hint: string, value: string | undefined, placeholder: string) {
    const { invalid, by } = described(this.editing, path, `${fieldId(path)}-hint`)
    return html`
      <div class="row">
        <label for=${fieldId(path)}>${label}</label>
        <input class="field" id=${fieldId(path)} .value=${live(value ?? '')} placeholder=${placeholder}
          autocomplete="off" aria-invalid=${invalid} aria-describedby=${by}
          @input=${(event: Event) => {
            const text = (event.target as HTMLInputElement).value
            this.editing.edit(path, text === '' ? undefined : text)
          }}>
        <p class="hint" id="${fieldId(path)}-hint">${hint}</p>
        ${fieldError(this.editing, path)}
      </div>
    `
  }

  #show = async (path: Path): Promise<void> => {
    const tab = tabOf(path)
    if (path[0] === 'duringHours' || path[0] === 'outsideHours')
      this.hours = path[0] === 'duringHours' ? 'during' : 'outside'
    if (tab !== this.#shownTab) {
      location.hash = linkTo('channels', this.channel, tab)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await this.updateComplete
    focusField(this, path)
  }

  #askForPreview(): void {
    const channel = this.editing.document
    const asked = JSON.stringify([channel, this.previewLanguage, this.#schedule])
    if (asked === this.#previewed) return
    const pause = this.#previewed === '' ? 0 : previewPauseMs
    this.#previewed = asked
    clearTimeout(this.#timer)
    this.#timer = setTimeout(async () => {
      const previewOf = (of: Channel) =>
        ask<PreviewAnswer>('POST', '/v1/admin/preview', {
          body: { channel: of, locale: this.previewLanguage },
        })
      let answer = await previewOf(channel)
      // What cannot be accepted as it stands shows the last that could; the defaults are always to be had.
      if (!answer.ok && answer.status === 422 && !this.preview) answer = await previewOf({ id: channel.id })
      if (answer.ok && asked === this.#previewed) this.preview = answer.body
      // It is asked for again with the next news.
      else if (!answer.ok && answer.status !== 422) this.#previewed = ''
      this.isReady = true
    }, pause)
  }
}

/** Focuses a field, or the nearest one around it. */
export function focusField(within: HTMLElement, path: Path): void {
  for (let length = path.length; length > 0; length--) {
    const field = within.querySelector<HTMLElement>(`[id="${fieldId(path.slice(0, length))}"]`)
    if (!field) continue
    field.focus()
    field.scrollIntoView({ block: 'center' })
    return
  }
}

function tabOf([first]: Path): ChannelTab {
  if (first === 'timeouts') return 'reminders'
  return first === 'duringHours' || first === 'outsideHours' || first === 'schedule' || first === 'bot'
    ? 'responses'
    : 'settings'
}

/** `Open: Customer details 2 (Label)` */
export function channelFieldName([first, second, third, fourth]: Path): string {
  if (first === undefined) return words.theWholeDocument
  if (first !== 'duringHours' && first !== 'outsideHours' && first !== 'timeouts') return fieldWord(first)
  const where =
    first === 'timeouts'
      ? words.tabs.reminders
      : words.hoursShort[first === 'duringHours' ? 'during' : 'outside']
  if (second === undefined) return where
  const entry = typeof third === 'number' ? ` ${third + 1}` : ''
  const field = fourth === undefined ? '' : ` (${fieldWord(fourth)})`
  return words.fieldOf(where, `${fieldWord(second)}${entry}${field}`)
}

customElements.define('admin-channel', AdminChannel)
