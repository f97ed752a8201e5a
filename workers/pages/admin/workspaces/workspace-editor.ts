import { html, nothing, type PropertyValues } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import type { WorkspaceSettings } from '../../../../schemas/configuration/workspace.ts'
import { workspaceDefaults } from '../../../../schemas/configuration/workspace-defaults.ts'
import { capacityMax } from '../../../../schemas/limits.ts'
import { select } from '../../base/field.ts'
import { amountOrNever } from '../channels/amount.ts'
import { DocumentEditor } from '../document-editor.ts'
import type { Path } from '../draft.ts'
import { Editing } from '../editing.ts'
import {
  conflict,
  documentField,
  editorHead,
  editorSaveBar,
  errorOf,
  fieldError,
  fieldId,
  focusField,
  optionalLabel,
  problemSummary,
  textField,
} from '../editor-parts.ts'
import { fieldWord, locale, words } from '../language.ts'
import { beginnings } from '../new-dialog.ts'
import { shownValue } from '../shown-value.ts'
import { usersOf } from '../stored.ts'
import { explanationOf } from './explanation.ts'

/** The wait that the form begins with where there was none. */
const firstWait = 'PT10M'

type Routing = NonNullable<WorkspaceSettings['routing']>

/** How requests reach the agents of a workspace, and when they go to another one. */
class AdminWorkspace extends DocumentEditor<WorkspaceSettings> {
  @property() workspace!: string
  protected readonly kind = 'workspace'

  protected override willUpdate(changed: PropertyValues<this>): void {
    const stored = this.stored.workspaces.get(this.workspace)
    if (!this.editing) {
      const { name } = beginnings.get(`workspace.${this.workspace}`) ?? { name: '' }
      const document: WorkspaceSettings = { id: this.workspace, ...(name && { name }) }
      this.editing = new Editing<WorkspaceSettings>(this, 'workspace', stored, document, this.refresh)
    }
    if (changed.has('stored')) this.editing.follow(stored)
  }

  protected override render() {
    const { editing } = this
    const { document, isNew } = editing
    return html`
      ${editorHead(editing, { href: '#/workspaces', label: words.workspaces }, { name: document.name ?? '' })}
      ${problemSummary(editing, workspaceFieldName, (path) => focusField(this, path))}
      ${conflict(editing, fieldTexts, {
        leave: () => this.leave(),
        save: this.save,
        settled: this.toTop,
      })}
      <div class="section form">
        ${textField(editing, ['name'], document.name, {
          label: optionalLabel(words.name),
          placeholder: this.workspace,
        })}
        ${this.#routing()}
      </div>
      <section class="section form" aria-labelledby="overflow-title">
        <h2 id="overflow-title">${words.overflow}</h2>
        ${this.#overflow()}
      </section>
      ${this.#explanation()}
      ${this.history(fieldTexts)}
      ${isNew ? nothing : this.deletion(words.deleteWorkspace, () => words.deleteWorkspaceEffect(this.workspace))}
      ${editorSaveBar(editing, this.save, this.toTop)}
    `
  }

  #routing() {
    const { editing } = this
    const { routing = workspaceDefaults.routing, capacity, offerTimeout } = editing.document
    return html`
      ${this.#choice<Routing>(['routing'], words.routing, routing, [
        ['broadcast', words.routings.broadcast],
        ['assigned', words.routings.assigned],
      ])}
      ${
        routing === 'assigned'
          ? html`
              ${this.#number(['capacity'], capacity, {
                label: words.capacity,
                hint: words.capacityHint,
                placeholder: String(workspaceDefaults.capacity),
                max: capacityMax,
              })}
              ${this.#amount(['offerTimeout'], words.offerTimeout, words.offerTimeoutHint, offerTimeout ?? workspaceDefaults.offerTimeout)}
            `
          : nothing
      }
    `
  }

  #overflow() {
    const { editing, stored } = this
    const { overflow, schedule } = editing.document
    const chosen = overflow?.workspace ?? ''
    const target = html`
      ${this.#choice(
        ['overflow', 'workspace'],
        words.overflowTo,
        chosen,
        [
          ['', words.noOverflow],
          ...this.#others(chosen).map((id) => [id, stored.workspaces.get(id)?.name || id] as const),
        ],
        words.overflowToHint,
        (id) =>
          editing.edit(id === '' ? ['overflow'] : ['overflow', 'workspace'], id === '' ? undefined : id),
      )}
    `
    if (chosen === '') return target
    const missing =
      schedule && !stored.schedules.has(schedule) ? [[schedule, words.missing(schedule)] as const] : []
    return html`
      ${target}
      ${this.#choice(['schedule'], words.outsideSchedule, schedule ?? '', [
        ['', words.noSchedule],
        ...missing,
        ...[...stored.schedules].map(([id, { name }]) => [id, name || id] as const),
      ])}
      ${this.#number(['overflow', 'queue'], overflow?.queue, {
        label: optionalLabel(words.queueLongerThan),
        hint: words.queueLongerThanHint,
        placeholder: '',
      })}
      ${this.#amount(['overflow', 'wait'], words.waitLongerThan, words.waitLongerThanHint, overflow?.wait ?? null, firstWait)}
    `
  }

  /** The workspaces that are known, without this one. */
  #others(chosen: string): string[] {
    const { workspaces, channels } = this.stored
    const used = [...channels.values()].map(({ document }) => document.workspace || 'main')
    const all = new Set([...workspaces.keys(), ...used, ...(chosen ? [chosen] : [])])
    all.delete(this.workspace)
    return [...all].sort()
  }

  #choice<T extends string>(
    path: Path,
    label: string,
    value: T,
    options: readonly (readonly [T, string])[],
    hint?: string,
    choose: (value: T) => void = (chosen) => this.editing.edit(path, chosen === '' ? undefined : chosen),
  ) {
    return documentField(this.editing, path, { label, hint }, ({ id, invalid, describedBy }) =>
      select<T>({ id, value, options, choose, invalid, describedBy }),
    )
  }

  #number(
    path: Path,
    value: number | undefined,
    {
      placeholder,
      max,
      ...parts
    }: { label: ReturnType<typeof optionalLabel> | string; hint: string; placeholder: string; max?: number },
  ) {
    const edit = ({ valueAsNumber }: HTMLInputElement) =>
      this.editing.edit(path, Number.isNaN(valueAsNumber) ? undefined : valueAsNumber)
    return documentField(
      this.editing,
      path,
      parts,
      ({ id, invalid, describedBy }) => html`
        <input
          class="field"
          id=${id}
          type="number"
          min="0"
          max=${max ?? nothing}
          inputmode="numeric"
          .value=${live(value === undefined ? '' : String(value))}
          placeholder=${placeholder}
          aria-invalid=${invalid}
          aria-describedby=${describedBy}
          @input=${(event: Event) => edit(event.target as HTMLInputElement)}
        >
      `,
    )
  }

  /** @param first the value that it begins with once it is not "never"; without it, it is never that */
  #amount(path: Path, label: string, hint: string, value: string | null, first?: string) {
    const id = fieldId(path)
    const amount = (set: string) => html`
      <admin-amount
        .value=${set}
        .label=${label}
        .isWrong=${errorOf(this.editing, path) !== ''}
        @amount=${(event: CustomEvent<string>) => this.editing.edit(path, event.detail)}
      ></admin-amount>
    `
    return html`
      <div class="row plain" role="group" aria-labelledby="${id}-title" id=${id} tabindex="-1">
        <span class="label" id="${id}-title">${label}</span>
        ${
          first === undefined
            ? html`<div class="amount">${amount(value ?? '')}</div>`
            : amountOrNever(value, amount, (isNever) => this.editing.edit(path, isNever ? undefined : first))
        }
        <p class="hint">${hint}</p>
        ${fieldError(this.editing, path)}
      </div>
    `
  }

  /** The settings in sentences, as they are edited. */
  #explanation() {
    const { schedules, workspaces } = this.stored
    const sentences = explanationOf(this.editing.document, words, locale, {
      schedule: (id) => {
        const schedule = schedules.get(id)
        return schedule && (schedule.name || id)
      },
      workspace: (id) => workspaces.get(id)?.name || id,
    })
    const users = usersOf(this.stored, 'workspace', this.workspace)
    return html`
      <section class="section" aria-labelledby="explanation-title">
        <h2 id="explanation-title">${words.whatHappens}</h2>
        <div role="status">
          ${sentences.map((sentence) => html`<p>${sentence}</p>`)}
        </div>
        <p class="hint">${users.length === 0 ? words.noChannelHere : words.channelsHere(users)}</p>
      </section>
    `
  }
}

/** `Overflow: Wait` */
function workspaceFieldName([first, second]: Path): string {
  if (first === undefined) return words.theWholeDocument
  return second === undefined ? fieldWord(first) : words.fieldOf(fieldWord(first), fieldWord(second))
}

const fieldTexts = { nameOf: workspaceFieldName, show: shownValue }

customElements.define('admin-workspace', AdminWorkspace)
