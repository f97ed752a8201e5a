import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { fieldTypeNames } from '../../../../../schemas/field-types.ts'
import { field, select } from '../../../base/field.ts'
import { icons } from '../../../base/icons.ts'
import { words } from '../../language.ts'
import {
  comparisons,
  isCustomField,
  isShown,
  type RowColumn,
  type SimpleCase,
  type StepFieldSpec,
  simpleCase,
  writtenCase,
} from './step-form.ts'

/** A field of a step as it is edited. */
export interface StepField {
  id: string
  spec: StepFieldSpec
  value: unknown
  /** The value as it stands in the text. */
  yaml: string
  answers: readonly string[]
  schedules: readonly string[]
  error: string
  change: (value: unknown) => void
  showText: () => void
}

/** The control of a field; what a form cannot show stands as it is written, with the way to the text. */
export function stepField(edited: StepField): TemplateResult | typeof nothing {
  const { id, spec, value, error } = edited
  const { control, isOptional } = spec
  const name = spec.path.at(-1) as string
  const own = spec.path.length > 1 ? words.stepFieldNames.freeText : undefined
  const word = words.stepFieldNames[name as keyof typeof words.stepFieldNames] ?? name
  const named = own ? words.fieldOf(own, word) : word
  const label = isOptional ? html`${named} <span class="optional">${words.optional}</span>` : named
  if (!isShown(control, value)) {
    if (control.kind === 'raw' && value === undefined) return nothing
    return html`
      <div class="row">
        <span class="label">${named}</span>
        <pre class="code">${edited.yaml}</pre>
        <p class="hint">
          ${words.onlyAsText}
          <button type="button" class="link" @click=${edited.showText}>${words.editAsText}</button>
        </p>
        ${error ? html`<p class="field-error">${error}</p>` : nothing}
      </div>
    `
  }
  if (
    control.kind === 'rows' ||
    control.kind === 'cases' ||
    control.kind === 'asked' ||
    control.kind === 'pairs'
  )
    return html`
      <fieldset class="row rows" id=${id} tabindex="-1">
        <legend class="label">${label}</legend>
        ${list(edited)}
        ${error ? html`<p class="field-error">${error}</p>` : nothing}
      </fieldset>
    `
  return field({ id, label, error }, ({ invalid, describedBy }) => single(edited, { invalid, describedBy }))
}

type Attributes = { invalid: 'true' | 'false'; describedBy: string | typeof nothing }

function single(edited: StepField, { invalid, describedBy }: Attributes): TemplateResult {
  const { id, spec, value, answers, schedules, change } = edited
  const { control, isOptional } = spec
  const text = String(value ?? '')
  const set = (given: string) => change(given === '' && isOptional ? undefined : given)
  const choices = (values: readonly string[]) => {
    const missing = text !== '' && !values.includes(text) ? [[text, words.missing(text)] as const] : []
    const none = isOptional || text === '' ? [['', words.notChosen] as const] : []
    const options = [...none, ...missing, ...values.map((one) => [one, one] as const)]
    return select({ id, value: text, options, choose: set, invalid, describedBy })
  }
  switch (control.kind) {
    case 'answer':
      return choices(answers)
    case 'schedule':
      return choices(schedules)
    case 'choice':
      return choices(control.values)
    case 'text':
      return html`
        <textarea
          class="field"
          id=${id}
          rows="2"
          .value=${live(text)}
          aria-invalid=${invalid}
          aria-describedby=${describedBy}
          @input=${(event: Event) => set((event.target as HTMLTextAreaElement).value)}
        ></textarea>
      `
    default: {
      const isTags = control.kind === 'tags'
      const shown = isTags && Array.isArray(value) ? value.join(', ') : text
      const read = (given: string) => {
        if (!isTags) return set(given)
        const tags = listOf(given)
        change(tags.length === 0 ? undefined : tags)
      }
      return line(shown, read, { id, invalid, describedBy, isLate: isTags })
    }
  }
}

/** @param given.isLate reads it once it is left: what is typed is not what is stored */
function line(
  value: string,
  read: (value: string) => void,
  given: {
    id?: string
    label?: string
    invalid?: string
    describedBy?: string | typeof nothing
    isLate?: boolean
  },
): TemplateResult {
  const changed = (event: Event) => read((event.target as HTMLInputElement).value)
  // One that is read late keeps what is typed when it is drawn again.
  return html`
    <input
      class="field"
      id=${given.id ?? nothing}
      aria-label=${given.label ?? nothing}
      placeholder=${given.label ?? nothing}
      autocomplete="off"
      .value=${given.isLate ? value : live(value)}
      aria-invalid=${given.invalid ?? nothing}
      aria-describedby=${given.describedBy ?? nothing}
      @input=${given.isLate ? nothing : changed}
      @change=${given.isLate ? changed : nothing}
    >
  `
}

function list(edited: StepField): TemplateResult {
  switch (edited.spec.control.kind) {
    case 'rows':
      return rows(edited, edited.spec.control.columns)
    case 'cases':
      return cases(edited)
    case 'asked':
      return asked(edited)
    default:
      return pairs(edited)
  }
}

/** The entries of a list, each with its removal, and the button for another. */
function entries<T>(
  { change }: StepField,
  items: readonly T[],
  written: (items: readonly T[]) => unknown,
  empty: T,
  cells: (item: T, set: (item: T) => void, n: number) => unknown,
): TemplateResult {
  const replace = (n: number) => (item: T) => change(written(items.map((one, at) => (at === n ? item : one))))
  return html`
    ${items.map(
      (item, n) => html`
        <div class="entry" role="group" aria-label=${words.entryOf(n + 1)}>
          ${cells(item, replace(n), n)}
          <button
            type="button"
            class="button icon"
            aria-label=${words.removeNamed(words.entryOf(n + 1))}
            @click=${() => change(written(items.filter((_, at) => at !== n)))}
          >${icons.close}</button>
        </div>
      `,
    )}
    <p class="adders">
      <button type="button" class="chip" @click=${() => change(written([...items, empty]))}>
        ${icons.plus}${words.addEntry}
      </button>
    </p>
  `
}

const wordFor = (name: string) => words.stepFieldNames[name as keyof typeof words.stepFieldNames] ?? name

function answerChoice(
  label: string,
  value: string,
  answers: readonly string[],
  choose: (id: string) => void,
) {
  const missing = value !== '' && !answers.includes(value) ? [[value, words.missing(value)] as const] : []
  const none = value === '' ? [['', words.notChosen] as const] : []
  return select({
    label,
    value,
    options: [...none, ...missing, ...answers.map((id) => [id, id] as const)],
    choose,
  })
}

function rows(edited: StepField, columns: readonly RowColumn[]): TemplateResult {
  const items = (edited.value ?? []) as Record<string, unknown>[]
  const empty = Object.fromEntries(
    columns.map(({ field, kind }) => [field, kind === 'answer' ? (edited.answers[0] ?? '') : '']),
  )
  return entries(
    edited,
    items,
    (all) => all,
    empty as Record<string, unknown>,
    (item, set) =>
      columns.map(({ field, kind }) => {
        const value = String(item[field] ?? '')
        const change = (given: string) => set({ ...item, [field]: given })
        return kind === 'answer'
          ? answerChoice(wordFor(field), value, edited.answers, change)
          : line(value, change, { label: wordFor(field) })
      }),
  )
}

function cases(edited: StepField): TemplateResult {
  const items = ((edited.value ?? []) as unknown[]).map((each) => simpleCase(each) as SimpleCase)
  const empty: SimpleCase = { value: 'locale', comparison: 'is', operand: '', goTo: edited.answers[0] ?? '' }
  return entries(
    edited,
    items,
    (all) => all.map(writtenCase),
    empty,
    (item, set) => html`
    ${line(item.value, (value) => set({ ...item, value }), { label: wordFor('value') })}
    ${select({
      label: words.comparison,
      value: item.comparison,
      options: comparisons.map((one) => [one, words.comparisons[one]] as const),
      choose: (comparison) => set({ ...item, comparison }),
    })}
    ${line(item.operand, (operand) => set({ ...item, operand }), { label: words.operand })}
    ${answerChoice(wordFor('goTo'), item.goTo, edited.answers, (goTo) => set({ ...item, goTo }))}
  `,
  )
}

type Asked = string | { id?: string; label?: string; type?: string; options?: string[] }

function asked(edited: StepField): TemplateResult {
  const items = (edited.value ?? []) as Asked[]
  const known = ['name', 'email'] as const
  const toggle = (name: string) => (event: Event) => {
    const isAsked = (event.target as HTMLInputElement).checked
    const others = items.filter((item) => item !== name)
    // In the order in which people are asked.
    edited.change(
      isAsked
        ? known
            .filter((one) => one === name || items.includes(one))
            .concat(others.filter((one) => !known.includes(one as 'name')) as never[])
        : others,
    )
  }
  const own = items.filter(isCustomField)
  const standard = items.filter((item) => typeof item === 'string')
  const written = (fields: readonly Asked[]) => [...standard, ...fields]
  return html`
    <p class="adders">
      ${known.map(
        (name) => html`
          <label class="check">
            <input type="checkbox" .checked=${live(items.includes(name))} @change=${toggle(name)}>${wordFor(name)}
          </label>
        `,
      )}
    </p>
    ${entries(
      edited,
      own,
      written,
      { id: '', label: '', type: 'text' },
      (item, set) => html`
      ${line(item.label ?? '', (label) => set({ ...item, label }), { label: wordFor('label') })}
      ${line(item.id ?? '', (id) => set({ ...item, id }), { label: words.id })}
      ${select({
        label: words.type,
        value: item.type ?? 'text',
        options: fieldTypeNames.map((type) => [type, type] as const),
        choose: (type) => {
          const { options: _, ...rest } = item
          set(type === 'select' ? { ...item, type, options: item.options ?? [''] } : { ...rest, type })
        },
      })}
      ${
        item.type === 'select'
          ? line((item.options ?? []).join(', '), (given) => set({ ...item, options: listOf(given) }), {
              label: words.fields.options,
              isLate: true,
            })
          : nothing
      }
    `,
    )}
  `
}

function pairs(edited: StepField): TemplateResult {
  const items = Object.entries((edited.value ?? {}) as Record<string, unknown>)
  const written = (all: readonly (readonly [string, unknown])[]) =>
    all.length === 0 ? undefined : Object.fromEntries(all)
  return entries(
    edited,
    items,
    written,
    ['', ''] as [string, unknown],
    ([name, value], set) => html`
    ${line(name, (given) => set([given, value]), { label: words.name, isLate: true })}
    ${line(String(value), (given) => set([name, given]), { label: wordFor('value') })}
  `,
  )
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
