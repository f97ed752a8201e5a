import { html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import type { Channel } from '../../../../schemas/configuration/channel.ts'
import type { PreviewAnswer } from '../../../../schemas/protocol/admin.ts'
import { iconButton, icons } from '../../base/icons.ts'
import { loading } from '../../base/page-parts.ts'
import { Part } from '../../base/part.ts'
import type { Path } from '../draft.ts'
import type { Editing } from '../editing.ts'
import { fieldError, fieldId, problemsAt } from '../editor-parts.ts'
import { words } from '../language.ts'
import { amountOrNever } from './amount.ts'
import { durationOf, readDuration } from './duration.ts'

/** When agents are reminded, one who does not answer too, and when a silent customer is. */
class AdminReminders extends Part {
  @property({ attribute: false }) editing!: Editing<Channel>
  @property({ attribute: false }) document!: Channel
  @property({ attribute: false }) problems: unknown
  @property({ attribute: false }) defaults: PreviewAnswer['defaults']['timeouts'] | undefined

  protected override render() {
    if (!this.defaults) return loading(words.loading)
    return html`
      <section class="section form" aria-labelledby="agents-title">
        <h2 id="agents-title">${words.whileWaiting}</h2>
        ${this.#single('unanswered')} ${this.#single('escalate')}
      </section>
      <section class="section form" aria-labelledby="answer-title">
        <h2 id="answer-title">${words.whileUnanswered}</h2>
        ${this.#agent()}
      </section>
      <section class="section form" aria-labelledby="customers-title">
        <h2 id="customers-title">${words.whileSilent}</h2>
        ${this.#ladder()} ${this.#single('abandoned')}
      </section>
    `
  }

  #single(name: 'unanswered' | 'escalate' | 'abandoned') {
    const path = ['timeouts', name]
    return this.#timeout(name, path, this.document.timeouts?.[name], this.defaults?.[name], (amount) =>
      this.editing.edit(path, amount),
    )
  }

  #agent() {
    const path = ['timeouts', 'agent']
    const { agent } = this.document.timeouts ?? {}
    // `null` is both of them, never.
    const set = agent === null ? ({ remind: null, release: null } as const) : agent
    return html`
      <div id=${fieldId(path)} tabindex="-1">
        ${(['remind', 'release'] as const).map((name) =>
          this.#timeout(name, [...path, name], set?.[name], this.defaults?.agent[name], (amount) =>
            this.editing.edit(path, withAmount(set, name, amount)),
          ),
        )}
        ${fieldError(this.editing, path)}
      </div>
    `
  }

  /** @param edit sets the time; `null`: never; `undefined`: the default */
  #timeout(
    name: 'unanswered' | 'escalate' | 'abandoned' | 'remind' | 'release',
    path: Path,
    set: string | null | undefined,
    otherwise: string | undefined,
    edit: (amount: string | null | undefined) => void,
  ) {
    return html`
      <div class="row plain" role="group" aria-labelledby="${fieldId(path)}-title" id=${fieldId(path)} tabindex="-1">
        ${this.#title(words.timeouts[name], path, set === undefined, () => edit(undefined))}
        ${amountOrNever(
          set === undefined ? otherwise : set,
          (shown) => this.#amount(shown, words.timeouts[name], path, edit),
          (isNever) => edit(isNever ? null : undefined),
        )}
        <p class="hint">${words.timeoutHints[name]}</p>
        ${fieldError(this.editing, path, true)}
      </div>
    `
  }

  #ladder() {
    const path = ['timeouts', 'idleCustomer']
    const set = this.document.timeouts?.idleCustomer
    const steps = set ?? [...(this.defaults?.idleCustomer ?? [])]
    const edit = (next: string[]) => this.editing.edit(path, next)
    return html`
      <div class="row plain" role="group" aria-labelledby="${fieldId(path)}-title" id=${fieldId(path)} tabindex="-1">
        ${this.#title(words.timeouts.idleCustomer, path, set === undefined, () => this.editing.edit(path, undefined))}
        <p class="hint">${words.timeoutHints.idleCustomer}</p>
        ${steps.length === 0 ? html`<p class="muted">${words.neverReminded}</p>` : nothing}
        <ol class="ladder">
          ${steps.map((step, index) => {
            const isLast = index === steps.length - 1
            const label = isLast ? words.ladderEnd : words.ladderStep(index + 1)
            return html`
              <li>
                <span class="ladder-what">${label}</span>
                <span class="amount" id=${fieldId([...path, index])} tabindex="-1">
                  ${this.#amount(step, label, [...path, index], (amount) => edit(steps.with(index, amount)))}
                  ${iconButton(icons.close, words.removeNamed(label), {
                    press: () => edit(steps.filter((_, place) => place !== index)),
                  })}
                </span>
                ${fieldError(this.editing, [...path, index], true)}
              </li>
            `
          })}
        </ol>
        ${fieldError(this.editing, path)}
        <div class="adders">
          <button type="button" class="chip add" @click=${() => edit([...steps, oneLater(steps.at(-1))])}>
            ${icons.plus}${words.addStep}
          </button>
          ${
            steps.length > 0
              ? html`<button type="button" class="chip" @click=${() => edit([])}>${words.never}</button>`
              : nothing
          }
        </div>
      </div>
    `
  }

  #amount(value: string, label: string, path: Path, edit: (amount: string) => void) {
    return html`
      <admin-amount
        .value=${value}
        .label=${label}
        .isWrong=${problemsAt(this.editing, path, true).length > 0}
        @amount=${(event: CustomEvent<string>) => edit(event.detail)}
      ></admin-amount>
    `
  }

  #reset(path: Path, setDefault: () => void): void {
    setDefault()
    // The button that was pressed is gone.
    this.querySelector<HTMLElement>(`[id="${fieldId(path)}"]`)?.focus()
  }

  #title(title: string, path: Path, isDefault: boolean, setDefault: () => void) {
    return html`
      <div class="label-line">
        <span class="label" id="${fieldId(path)}-title">${title}</span>
        ${
          isDefault
            ? html`<span class="mark">${words.default}</span>`
            : html`
                <button type="button" class="link" @click=${() => this.#reset(path, setDefault)}>
                  ${words.resetToDefault}<span class="visually-hidden">: ${title}</span>
                </button>
              `
        }
      </div>
    `
  }
}

type AgentTimes = NonNullable<NonNullable<Channel['timeouts']>['agent']>

/** The times with one of them changed; `undefined` where none is left. */
function withAmount(set: AgentTimes | undefined, name: keyof AgentTimes, amount: string | null | undefined) {
  const { [name]: _, ...others } = set ?? {}
  if (amount !== undefined) return { ...set, [name]: amount }
  return Object.keys(others).length > 0 ? others : undefined
}

/** A step after the last one: a little longer. */
function oneLater(last: string | undefined): string {
  const { count, unit } = readDuration(last ?? 'PT4M')
  return durationOf({ count: count + 1, unit })
}

customElements.define('admin-reminders', AdminReminders)
