import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { BotStep } from '../../../../../schemas/configuration/bot-flow.ts'
import type { BotProblem } from '../../../../../schemas/protocol/admin.ts'
import { icons } from '../../../base/icons.ts'
import { Part } from '../../../base/part.ts'
import { problemText } from '../../../base/words.ts'
import { isWithin } from '../../draft.ts'
import { words } from '../../language.ts'
import { stepFields } from '../step-fields.ts'
import { FlowText, newStepOf, type WrittenAnswer, type WrittenStep, type YamlPath } from './flow-text.ts'
import { stepField } from './step-controls.ts'
import { stepForms } from './step-form.ts'

type StepType = BotStep['type']

/** A bot's answers and steps as a list of forms beside its text. Emits `text` with each change, and `line` to see one. */
class AdminSteps extends Part {
  @property({ attribute: false }) text!: string
  @property({ attribute: false }) problems!: readonly BotProblem[]
  @property({ attribute: false }) schedules: readonly string[] = []
  /** The step whose form is open: `0.2`. */
  @state() open = ''
  /** The last change in words, for screen readers. */
  @state() done = ''
  #flow: FlowText | undefined
  #read: string | undefined

  protected override willUpdate(_: PropertyValues<this>): void {
    if (this.text === this.#read) return
    this.#read = this.text
    this.#flow = FlowText.read(this.text)
  }

  protected override render() {
    const flow = this.#flow
    if (!flow) return html`<p class="hint">${words.noStepList}</p>`
    const { answers } = flow
    return html`
      <p class="visually-hidden" role="status">${this.done}</p>
      ${answers.map((answer, a) => this.#answer(answer, a, answers))}
      <p class="actions">
        <button type="button" class="button" @click=${this.#addAnswer}>${icons.plus}${words.addAnswer}</button>
      </p>
    `
  }

  #answer({ id, steps }: WrittenAnswer, a: number, answers: readonly WrittenAnswer[]) {
    const own = this.problems.filter(
      ({ path }) =>
        path[0] === 'answers' && path[1] === a && !(path[2] === 'steps' && typeof path[3] === 'number'),
    )
    const rename = (event: Event) => {
      const field = event.target as HTMLInputElement
      const given = field.value.trim()
      if (given !== '' && given !== id) this.#edit((flow) => flow.renameAnswer(a, given))
      else field.value = id
    }
    return html`
      <section class="answer-steps" aria-label=${words.answerOf(id)}>
        <div class="answer-head">
          <label for="answer-${a}">${words.answer}</label>
          <input
            class="field"
            id="answer-${a}"
            autocomplete="off"
            spellcheck="false"
            .value=${id}
            @change=${rename}
          >
          ${a === 0 ? html`<span class="mark">${words.beginsHere}</span>` : nothing}
          ${
            answers.length === 1
              ? nothing
              : html`
                  <button
                    type="button"
                    class="button icon"
                    aria-label=${words.removeNamed(words.answerOf(id))}
                    @click=${() => void this.#removeAnswer(a, id)}
                  >${icons.close}</button>
                `
          }
        </div>
        ${own.map((problem) => html`<p class="field-error">${problemText(problem, words.problems)}</p>`)}
        <ol class="step-cards">${steps.map((step, s) => this.#step(step, a, s, steps.length, answers))}</ol>
        <select
          class="field small add-step"
          aria-label=${words.addStepTo(id)}
          @change=${(event: Event) => {
            const control = event.target as HTMLSelectElement
            const type = control.value as StepType
            control.value = ''
            void this.#addStep(a, steps.length, type, answers[0]?.id ?? '')
          }}
        >
          <option value="">${words.addStepHere}</option>
          ${(Object.keys(stepFields) as StepType[]).map(
            (type) => html`<option value=${type}>${words.stepTypes[type]}</option>`,
          )}
        </select>
      </section>
    `
  }

  #step(step: WrittenStep, a: number, s: number, count: number, answers: readonly WrittenAnswer[]) {
    const place = `${a}.${s}`
    const isOpen = this.open === place
    const path = ['answers', a, 'steps', s]
    const problems = this.problems.filter((problem) => isWithin(problem.path, path))
    const title = words.stepTypes[step.type as StepType] ?? step.type
    const name = words.nthStep(s + 1, title)
    const move = (to: number) => () => void this.#moveStep(a, s, to, name, count)
    return html`
      <li class="step-card ${problems.length > 0 ? 'wrong' : ''}" id="step-${a}-${s}">
        <div class="step-head">
          <button
            type="button"
            class="step-title"
            aria-expanded=${isOpen}
            @click=${() => {
              this.open = isOpen ? '' : place
            }}
          >
            <span class="kind">${title}</span>
            <span class="excerpt">${excerptOf(step)}</span>
          </button>
          <button type="button" class="button icon up" aria-label=${words.moveUp(name)} aria-disabled=${s === 0} @click=${move(s - 1)}>
            ${icons.up}
          </button>
          <button
            type="button"
            class="button icon down"
            aria-label=${words.moveDown(name)}
            aria-disabled=${s === count - 1}
            @click=${move(s + 1)}
          >${icons.down}</button>
          <button type="button" class="button icon" aria-label=${words.removeNamed(name)} @click=${() => void this.#removeStep(a, s, name)}>
            ${icons.close}
          </button>
        </div>
        ${
          isOpen
            ? this.#form(step, path, problems, answers)
            : problems.map(
                (problem) => html`<p class="field-error">${problemText(problem, words.problems)}</p>`,
              )
        }
      </li>
    `
  }

  #form(
    step: WrittenStep,
    path: YamlPath,
    problems: readonly BotProblem[],
    answers: readonly WrittenAnswer[],
  ) {
    const form = stepForms[step.type as StepType]
    const showText = () => this.#showText(path)
    if (!form)
      return html`
        <pre class="code">${this.#flow?.yamlAt(path)}</pre>
        <p class="hint">${words.onlyAsText} <button type="button" class="link" @click=${showText}>${words.editAsText}</button></p>
      `
    const specs = [...form, { path: ['name'], control: { kind: 'line' as const }, isOptional: true as const }]
    const placed = specs.map((spec) => ({ spec, full: [...path, ...spec.path] }))
    const isPlaced = (problem: BotProblem) => placed.some(({ full }) => isWithin(problem.path, full))
    return html`
      <div class="form step-form">
        ${problems
          .filter((problem) => !isPlaced(problem))
          .map((problem) => html`<p class="field-error">${problemText(problem, words.problems)}</p>`)}
        ${placed.map(({ spec, full }) =>
          stepField({
            id: `field-${full.join('-')}`,
            spec,
            value: spec.path.reduce<unknown>((value, key) => (value as WrittenStep | undefined)?.[key], step),
            yaml: this.#flow?.yamlAt(full) ?? '',
            answers: answers.map(({ id }) => id),
            schedules: this.schedules,
            error: problems
              .filter((problem) => isWithin(problem.path, full))
              .map((problem) => problemText(problem, words.problems))
              .join('; '),
            change: (value) => this.#edit((flow) => flow.set(full, value)),
            showText,
          }),
        )}
      </div>
    `
  }

  #edit(change: (flow: FlowText) => void): void {
    const flow = this.#flow
    if (!flow) return
    change(flow)
    this.#read = flow.toString()
    this.text = this.#read
    this.dispatchEvent(new CustomEvent('text', { detail: this.#read }))
  }

  #addAnswer = async (): Promise<void> => {
    let id = ''
    this.#edit((flow) => {
      id = flow.addAnswer({ type: 'transfer' })
    })
    this.done = words.added(words.answerOf(id))
    await this.focusLater(`#answer-${(this.#flow?.answers.length ?? 1) - 1}`)
  }

  async #removeAnswer(a: number, id: string): Promise<void> {
    this.#edit((flow) => flow.removeAnswer(a))
    this.open = ''
    this.done = words.removed(words.answerOf(id))
    await this.focusLater(`#answer-${Math.max(0, a - 1)}`)
  }

  async #addStep(a: number, at: number, type: StepType, goTo: string): Promise<void> {
    this.#edit((flow) => flow.addStep(a, at, newStepOf(type, goTo)))
    this.open = `${a}.${at}`
    this.done = words.added(words.nthStep(at + 1, words.stepTypes[type]))
    await this.focusLater(`#step-${a}-${at} :is(textarea, input, select)`)
  }

  async #removeStep(a: number, s: number, name: string): Promise<void> {
    this.#edit((flow) => flow.removeStep(a, s))
    this.open = ''
    this.done = words.removed(name)
    await this.focusLater(`#step-${a}-${Math.max(0, s - 1)} .step-title, #answer-${a}`)
  }

  async #moveStep(a: number, from: number, to: number, name: string, count: number): Promise<void> {
    if (to < 0 || to >= count) return
    this.#edit((flow) => flow.moveStep(a, from, to))
    if (this.open === `${a}.${from}`) this.open = `${a}.${to}`
    this.done = words.movedTo(name, to + 1, count)
    await this.focusLater(`#step-${a}-${to} .${to < from ? 'up' : 'down'}`)
  }

  #showText(path: YamlPath): void {
    this.dispatchEvent(new CustomEvent('line', { detail: path }))
  }
}

/** The first words of a step: what it says, or where it leads. */
function excerptOf({ type, name, ...fields }: WrittenStep): string {
  const { text, duringHours, goTo, url, variable, open, no } = fields
  const said = [text, duringHours, url, goTo ?? open ?? no, variable].find(
    (part) => typeof part === 'string' && part !== '',
  )
  return [name, said].filter((part) => typeof part === 'string').join(' · ')
}

customElements.define('admin-steps', AdminSteps)
