import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { type Language, languageOf } from '../../../../engine/texts/languages.ts'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import type { PreviewAnswer } from '../../../../schemas/protocol/admin.ts'
import { ask } from '../../base/ask.ts'
import { loading } from '../../base/page-parts.ts'
import { DocumentEditor } from '../document-editor.ts'
import type { Path } from '../draft.ts'
import { Editing } from '../editing.ts'
import {
  conflict,
  editorHead,
  editorSaveBar,
  fieldId,
  focusField,
  hoursSegments,
  previewHead,
  problemSummary,
} from '../editor-parts.ts'
import { language, words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { linkTo } from '../route.ts'
import { HoursWatch } from '../schedules/hours-watch.ts'
import { shownValue } from '../shown-value.ts'
import '../bots/bot-preview.ts'
import { botField, scheduleField } from './channel-choices.ts'
import { type ChannelTab, channelFieldName, channelTabs, tabOf } from './channel-field-name.ts'
import './channel-settings.ts'
import './look/look-editor.ts'
import './reminders.ts'
import { shownLook } from './look/values.ts'
import './response-editor.ts'
import './texts/conversation-texts.ts'
import './widget-preview.ts'

const previewPauseMs = 300

/** A channel: its messages and fields, its reminders, and its settings. */
class AdminChannel extends DocumentEditor<Channel> {
  @property() channel!: string
  /** A tab's name, as the address has it. */
  @property() tab: string | undefined
  @state() preview: PreviewAnswer | undefined
  /** Whether the defaults are known, or cannot be read: fields that fill themselves later would confuse. */
  @state() isReady = false
  /** Which of the two responses is looked at: in the preview, and on a narrow screen in the form. */
  @state() hours: 'during' | 'outside' = 'during'
  @state() previewLanguage: Language = language
  protected readonly kind = 'channel'
  readonly #hours = new HoursWatch(this)
  #askedPreview = ''

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

  get #schedule() {
    return this.stored.schedules.get(this.editing.document.schedule ?? '')?.document
  }

  protected override render() {
    const { editing } = this
    return html`
      ${editorHead(
        editing,
        { href: '#/channels', label: words.channels },
        {
          name: editing.document.name ?? '',
          mark: words.notConfigured,
        },
      )}
      ${problemSummary(editing, channelFieldName, (path) => void this.#show(path))}
      ${conflict(editing, fieldTexts, {
        leave: () => this.leave(),
        save: this.save,
        settled: this.toTop,
      })}
      <nav class="tabs" aria-label=${words.partsOfChannel}>
        ${channelTabs.map((tab) => {
          const current = this.#shownTab === tab ? 'page' : 'false'
          return html`<a href=${linkTo('channels', this.channel, tab)} aria-current=${current}>${words.tabs[tab]}</a>`
        })}
      </nav>
      ${this.isReady ? this.#tabContent() : loading(words.loading)}
      ${this.#shownTab === 'settings' ? this.history(fieldTexts) : nothing}
      ${
        editing.isNew || this.#shownTab !== 'settings'
          ? nothing
          : this.deletion(words.deleteChannel, () => words.deleteChannelEffect(this.channel))
      }
      ${editorSaveBar(editing, this.save, this.toTop)}
    `
  }

  get #shownTab(): ChannelTab {
    return channelTabs.find((tab) => tab === this.tab) ?? 'responses'
  }

  #tabContent() {
    const { editing, preview } = this
    const { problems } = editing.draft
    switch (this.#shownTab) {
      case 'responses':
        return this.#responses()
      case 'reminders':
        return html`
          <admin-reminders
            .editing=${editing}
            .document=${editing.document}
            .problems=${problems}
            .defaults=${preview?.defaults.timeouts}
          ></admin-reminders>
        `
      case 'look':
        return html`
          <div class="responses">
            <admin-look .editing=${editing} .document=${editing.document} .problems=${problems}></admin-look>
            <aside class="preview" aria-labelledby="preview-title">
              ${this.#previewHead()}
              <admin-preview
                .response=${preview?.during}
                .language=${this.previewLanguage}
                .name=${editing.document.name ?? ''}
                .look=${shownLook(editing.document.look)}
                .hasLauncher=${true}
              ></admin-preview>
            </aside>
          </div>
        `
      case 'settings':
        return html`
          <admin-channel-settings
            .editing=${editing}
            .document=${editing.document}
            .problems=${problems}
            .workspace=${preview?.defaults.workspace ?? 'main'}
          ></admin-channel-settings>
        `
    }
  }

  /** The bot that is chosen, if it exists and is in force. */
  get #bot() {
    const bot = this.stored.bots.get(this.editing.document.bot ?? '')
    return bot?.problems ? undefined : bot
  }

  #chooseHours = (hours: 'during' | 'outside'): void => {
    this.hours = hours
  }

  #responses() {
    return html`
      ${scheduleField(this.editing, this.stored.schedules, (id) => this.#hours.mark(id))}
      ${botField(this.editing, this.stored.bots, this.#switchOff)}
      <div class="responses" @language-chosen=${this.#previewIn}>
        <div class="both" data-shown=${this.hours}>
          ${hoursSegments(words.whichResponse, this.hours, this.#chooseHours, 'narrow-only')}
          ${(['during', 'outside'] as const).map((hours) => this.#response(hours))}
          <admin-conversation-texts
            .editing=${this.editing}
            .document=${this.editing.document}
            .problems=${this.editing.draft.problems}
            .defaults=${this.preview?.defaults.texts}
            .language=${this.previewLanguage}
          ></admin-conversation-texts>
        </div>
        <aside class="preview" aria-labelledby="preview-title">
          ${this.#previewHead()}
          ${hoursSegments(words.whichResponse, this.hours, this.#chooseHours, 'wide')}
          ${this.#previewed()}
        </aside>
      </div>
    `
  }

  /** A language that frontdesk does not speak has no preview. */
  #previewIn = ({ detail }: CustomEvent<string>): void => {
    this.previewLanguage = languageOf(detail) ?? this.previewLanguage
  }

  #previewHead() {
    return previewHead(this.previewLanguage, (language) => {
      this.previewLanguage = language
    })
  }

  #response(hours: 'during' | 'outside') {
    const { document, draft } = this.editing
    return html`
      <admin-response
        class=${hours}
        .editing=${this.editing}
        .hours=${hours}
        .response=${document[`${hours}Hours`]}
        .problems=${draft.problems}
        .defaults=${this.preview?.defaults[hours]}
        .language=${this.previewLanguage}
        .isUsed=${hours === 'during' || Boolean(document.schedule)}
        .isFallback=${this.#bot !== undefined}
        @focusin=${() => this.#chooseHours(hours)}
      ></admin-response>
    `
  }

  #previewed() {
    const { document } = this.editing
    const bot = this.#bot
    if (bot)
      return html`
        <admin-bot-preview
          .text=${bot.document.text}
          .channel=${document}
          .language=${this.previewLanguage}
          .hours=${this.hours}
          .name=${document.name ?? ''}
        ></admin-bot-preview>
      `
    return html`
      <admin-preview
        .response=${this.preview?.[this.hours]}
        .language=${this.previewLanguage}
        .name=${document.name ?? ''}
        .look=${shownLook(document.look)}
      ></admin-preview>
    `
  }

  /** At once, where nothing else waits to be saved. */
  #switchOff = (): void => {
    const isAlone = !this.editing.isChanged
    this.editing.edit(['bot'], undefined)
    void this.focusLater(`#${fieldId(['bot'])}`)
    if (isAlone) this.save()
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
    if (asked === this.#askedPreview) return
    const pause = this.#askedPreview === '' ? 0 : previewPauseMs
    this.#askedPreview = asked
    this.afterPause(pause, async () => {
      const previewOf = (channel: Channel) =>
        ask<PreviewAnswer>('POST', '/v1/admin/preview', { body: { channel, locale: this.previewLanguage } })
      let answer = await previewOf(channel)
      // An invalid channel keeps the last valid preview. The defaults do not depend on the channel.
      if (!answer.ok && answer.error.status === 422 && !this.preview)
        answer = await previewOf({ id: channel.id })
      if (answer.ok && asked === this.#askedPreview) this.preview = answer.value
      // Ask again with the next change.
      else if (!answer.ok && answer.error.status !== 422) this.#askedPreview = ''
      this.isReady = true
    })
  }
}

const fieldTexts = { nameOf: channelFieldName, show: shownValue }

customElements.define('admin-channel', AdminChannel)
