import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Language } from '../../../../engine/texts/languages.ts'
import type { Bot } from '../../../../schemas/configuration/bot.ts'
import { botPlaceholders, knownPlaceholders } from '../../../../schemas/configuration/placeholders.ts'
import type { BotPlace, BotProblem, CheckedBot } from '../../../../schemas/protocol/admin.ts'
import { failure, type Result, success } from '../../../../schemas/result.ts'
import { ask, type Refusal } from '../../base/ask.ts'
import { segments } from '../../base/field.ts'
import { icons } from '../../base/icons.ts'
import { problemText } from '../../base/words.ts'
import { DocumentEditor } from '../document-editor.ts'
import { Editing, type Storing } from '../editing.ts'
import {
  conflict,
  editorHead,
  editorSaveBar,
  type FieldTexts,
  failureWords,
  hoursSegments,
  previewHead,
} from '../editor-parts.ts'
import { fieldWord, language, words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { type BotText, usersOf } from '../stored.ts'
import type { AdminSource } from './bot-source.ts'
import { botTemplate } from './bot-template.ts'
import { changedLines } from './bot-text.ts'
import type { BotNames } from './completion.ts'
import { stepHelp } from './step-help.ts'
import { stepList } from './step-list.ts'
import './bot-drawing.ts'
import './bot-preview.ts'
import './bot-source.ts'
import './steps/steps-editor.ts'

const checkPauseMs = 300

/** A bot: its text, checked by the gateway while it is typed, and a conversation with it. */
class AdminBot extends DocumentEditor<BotText> {
  @property() bot!: string
  /** The problems of the text, as of its last check. */
  @state() problems: readonly BotProblem[] = []
  /** The answers and steps of the last text that could be parsed. */
  @state() places: readonly BotPlace[] = []
  /** Why the check failed. */
  @state() failure = ''
  /** The last text that had no errors, and the bot that it is. */
  @state() sound: { text: string; bot: Bot } | undefined
  @state() hours: 'during' | 'outside' = 'during'
  @state() previewLanguage: Language = language
  /** Whether the text or the list of its steps is edited. */
  @state() view: 'text' | 'steps' = 'text'
  protected readonly kind = 'bot'
  #checked: string | undefined

  protected override willUpdate(changed: PropertyValues<this>): void {
    const found = this.stored.bots.get(this.bot)
    // The stored problems are left out: the check finds them, with their lines.
    const stored = found && { ...found, problems: [] }
    if (!this.editing) {
      const { name, botKind = 'flow' } = beginnings.get(`bot.${this.bot}`) ?? { name: '' }
      const text = botTemplate(botKind, { id: this.bot, name }, words.botTemplate)
      this.editing = new Editing<BotText>(
        this,
        'bot',
        stored,
        { id: this.bot, text },
        this.refresh,
        this.#storing,
      )
    }
    if (changed.has('stored')) this.editing.follow(stored)
    this.#check()
  }

  protected override render() {
    const { document, isNew } = this.editing
    const isWrong = this.problems.length > 0 || this.failure !== ''
    const obstacle = this.problems.length > 0 ? words.mendFirst : ''
    return html`
      ${editorHead(this.editing, { href: '#/bots', label: words.bots }, { name: this.sound?.bot.name ?? '' })}
      ${conflict(this.editing, fieldTexts, {
        leave: () => this.leave(),
        save: this.save,
        settled: this.toTop,
      })}
      <div class="responses">
        <section class="form source-form" aria-labelledby="source-title">
          <div class="section-head">
            <h2 id="source-title">${this.view === 'text' || !this.#isFlow ? html`<label for="bot-text">${words.botAsText}</label>` : words.asSteps}</h2>
            ${this.#isFlow ? this.#views() : nothing}
            <p role="status" class=${isWrong ? 'field-error' : 'hint'}>${this.#verdict()}</p>
          </div>
          ${this.view === 'steps' && this.#isFlow ? this.#steps(document.text) : this.#text(document.text)}
          ${this.#errors()}
          <p class="hint">${words.commentsHint}</p>
        </section>
        ${this.#preview()}
      </div>
      ${this.#drawing()}
      ${this.history(fieldTexts)}
      ${isNew ? nothing : this.deletion(words.deleteBot, () => this.#effectOfDeleting())}
      ${editorSaveBar(this.editing, this.save, this.toTop, obstacle)}
    `
  }

  /** Whether the bot has answers and steps: its text may be anything while it is typed. */
  get #isFlow(): boolean {
    return this.places.length > 0
  }

  #views() {
    const choose = (view: 'text' | 'steps') => {
      this.view = view
    }
    const options = [
      ['text', words.asText],
      ['steps', words.asSteps],
    ] as const
    return segments(words.editAs, options, this.view, choose, 'views')
  }

  #change = ({ detail }: CustomEvent<string>): void => this.editing.edit(['text'], detail)

  #text(text: string) {
    return html`
      <p class="hint" id="bot-text-hint">${words.botTextHint}</p>
      <p class="help">${stepHelp(this.#insertStep)}</p>
      <div class="with-steps">
        ${stepList(this.places, this.#showLine)}
        <admin-source
          .text=${text}
          .problems=${this.problems}
          .fieldId=${'bot-text'}
          .describedBy=${'bot-text-hint'}
          .names=${this.#names}
          @text=${this.#change}
        ></admin-source>
      </div>
    `
  }

  #steps(text: string) {
    const show = async ({ detail: [, answer, , step] }: CustomEvent<(string | number)[]>) => {
      const { line } = this.places[placeOf(this.places, Number(answer), Number(step))] ?? { line: 1 }
      this.view = 'text'
      await this.updateComplete
      this.#showLine(line)
    }
    return html`
      <p class="hint">${words.stepsHint}</p>
      <admin-steps
        .text=${text}
        .problems=${this.problems}
        .schedules=${[...this.stored.schedules.keys()]}
        @text=${this.#change}
        @line=${show}
      ></admin-steps>
    `
  }

  /** The result of the last check in a sentence. */
  #verdict(): string {
    if (this.failure) return this.failure
    const [first] = this.problems
    if (first) return words.errorsFrom(this.problems.length, first.line)
    return this.sound ? words.noErrors : ''
  }

  #errors() {
    if (this.problems.length === 0) return nothing
    return html`
      <section class="banner danger" id="problems" aria-labelledby="problems-title" tabindex="-1">
        ${icons.warning}
        <div>
          <h3 id="problems-title">${words.errors}</h3>
          <ul>${this.problems.map((problem) => this.#error(problem))}</ul>
        </div>
      </section>
    `
  }

  #error(problem: BotProblem) {
    const { answer, step, line } = problem
    const places = [
      ...(answer === undefined ? [] : [words.answerOf(answer)]),
      ...(step === undefined ? [] : [words.stepOf(step)]),
      ...fieldOf(problem.path),
    ]
    const show = async () => {
      this.view = 'text'
      await this.updateComplete
      this.#source?.show(problem)
    }
    return html`
      <li>
        <button type="button" class="link" @click=${show}>${words.line(line)}</button>${places.map((place) => `, ${place}`)}:
        ${problemText(problem, words.problems)}
      </li>
    `
  }

  #preview() {
    const { sound } = this
    const [user] = usersOf(this.stored, 'bot', this.bot)
    const channel = this.stored.channels.get(user ?? '')?.document
    const chooseHours = (hours: 'during' | 'outside') => {
      this.hours = hours
    }
    return html`
      <aside class="preview" aria-labelledby="preview-title">
        ${previewHead(this.previewLanguage, (language) => {
          this.previewLanguage = language
        })}
        ${
          sound && 'answers' in sound.bot
            ? hoursSegments(words.openOrClosed, this.hours, chooseHours)
            : nothing
        }
        ${this.problems.length > 0 || !sound ? this.#staleHint() : nothing}
        ${
          sound
            ? html`
                <admin-bot-preview
                  .text=${sound.text}
                  .channel=${channel}
                  .language=${this.previewLanguage}
                  .hours=${this.hours}
                  .name=${channel?.name ?? ''}
                ></admin-bot-preview>
              `
            : nothing
        }
      </aside>
    `
  }

  /** Why the bot is not shown as its text is. */
  #staleHint() {
    const isWrong = this.problems.length > 0
    return html`<p class="hint">${!isWrong ? words.loading : this.sound ? words.playedBefore : words.playedAfter}</p>`
  }

  #drawing() {
    const { sound } = this
    return html`
      <section class="section drawing" aria-labelledby="drawing-title">
        <h2 id="drawing-title">${words.botDrawn}</h2>
        ${this.problems.length > 0 || !sound ? this.#staleHint() : html`<p class="hint">${words.drawnHint}</p>`}
        ${sound ? html`<admin-bot-drawing .text=${sound.text}></admin-bot-drawing>` : nothing}
      </section>
    `
  }

  /** Answers of the last text that could be parsed, and placeholders of the last one without errors. */
  get #names(): BotNames {
    const { bot } = this.sound ?? {}
    const placeholders = bot && 'answers' in bot ? botPlaceholders(bot) : knownPlaceholders
    return {
      answers: [...new Set(this.places.map(({ answer }) => answer))],
      placeholders: [...placeholders],
    }
  }

  get #source() {
    return this.querySelector<AdminSource>('admin-source')
  }

  #insertStep = (type: string, fields: string): void => this.#source?.insertStep(type, fields)

  #showLine = (line: number): void => this.#source?.show({ line, column: 1 })

  #effectOfDeleting(): string {
    const users = usersOf(this.stored, 'bot', this.bot)
    return users.length > 0 ? words.deleteUsedBot(users) : words.deleteUnusedBot
  }

  readonly #storing: Storing<BotText> = {
    write: async ({ text }) => {
      const checked = await this.#ask(text)
      if (!checked.ok) return checked
      const { document, problems = [] } = checked.value
      return document ? success(document) : failure({ status: 422, code: 'invalid', message: '', problems })
    },
    read: ({ bot }) => ({ id: this.bot, text: bot?.text ?? '' }),
  }

  /** When somebody pauses; a text that was not touched yet, at once. */
  #check(): void {
    const { text } = this.editing.document
    if (text === this.#checked) return
    const pause = this.#checked === undefined ? 0 : checkPauseMs
    this.#checked = text
    this.afterPause(pause, () => this.#ask(text))
  }

  async #ask(text: string): Promise<Result<CheckedBot, Refusal>> {
    const answer = await ask<CheckedBot>('POST', '/v1/admin/check-bot', { body: { text, id: this.bot } })
    // A later text has a check of its own.
    if (text !== this.editing.document.text) return answer
    this.failure = answer.ok ? '' : failureWords(answer.error)
    if (answer.ok) {
      const { document, problems = [], places } = answer.value
      this.problems = problems
      if (document || places.length > 0) this.places = places
      if (document) this.sound = { text, bot: document }
    } else this.#checked = undefined
    return answer
  }
}

/** The place of a step among all answers and steps of a text. */
function placeOf(places: readonly BotPlace[], answer: number, step: number): number {
  const heads = places.flatMap((place, index) => (place.step ? [] : [index]))
  return (heads[answer] ?? 0) + 1 + step
}

/** The field of a step, or of the bot, as it is written. */
function fieldOf(path: BotProblem['path']): string[] {
  const field = path[0] === 'answers' ? path.slice(path[2] === 'steps' ? 4 : 2) : path
  // People count from 1.
  return field.length === 0 ? [] : [field.map((key) => (typeof key === 'number' ? key + 1 : key)).join(' ')]
}

const fieldTexts: FieldTexts = {
  nameOf: ([field = '']) => fieldWord(field),
  show: (_, value, other) => html`<pre class="changed">${changedLines(String(value), String(other))}</pre>`,
}

customElements.define('admin-bot', AdminBot)
