import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { type Language, languages } from '../../../engine/texts/languages.ts'
import type { Problem } from '../../../schemas/problem.ts'
import type { Refusal } from '../base/ask.ts'
import { banner } from '../base/banner.ts'
import { type ControlAttributes, field, segments, select } from '../base/field.ts'
import { crumbs, pageHead, saveBar, table } from '../base/page-parts.ts'
import { nameOfLanguage, problemText } from '../base/words.ts'
import { type DocumentDifference, differences, isWithin, type Path } from './draft.ts'
import type { Editing } from './editing.ts'
import { changeText } from './history/change-text.ts'
import { words } from './language.ts'

type AnyEditing = Editing<{ id: string }>

/** The id of a field's control; the texts around it derive theirs from it. */
export function fieldId(path: Path): string {
  return ['field', ...path].join('-')
}

/** The problems of a field in words; with `isWhole`, those of its parts too. */
export function errorOf(editing: AnyEditing, path: Path, isWhole = false): string {
  return problemsText(problemsAt(editing, path, isWhole))
}

function problemsText(problems: readonly Problem[]): string {
  return problems.map((problem) => problemText(problem, words.problems)).join('; ')
}

/** The problems of a field, shown below a part of the page that is not one control. */
export function fieldError(editing: AnyEditing, path: Path, isWhole = false) {
  const error = errorOf(editing, path, isWhole)
  return error ? html`<p class="field-error" id="${fieldId(path)}-error">${error}</p>` : nothing
}

export function problemsAt({ draft }: AnyEditing, path: Path, isWhole = false) {
  return draft.problems.filter(
    (problem) => isWithin(problem.path, path) && (isWhole || problem.path.length === path.length),
  )
}

interface DocumentField {
  label: TemplateResult | string
  hint?: unknown
  beside?: unknown
  warning?: unknown
  /** Whether problems inside the value are shown here, too. */
  isWhole?: boolean
}

/** A field of the edited document, with its problems. */
export function documentField(
  editing: AnyEditing,
  path: Path,
  { isWhole, ...parts }: DocumentField,
  control: (attributes: ControlAttributes) => TemplateResult,
) {
  return field({ id: fieldId(path), ...parts, error: errorOf(editing, path, isWhole) }, control)
}

/** A line of text; an empty one is unset. */
export function textField(
  editing: AnyEditing,
  path: Path,
  value: string | undefined,
  parts: DocumentField & { placeholder?: string; edit?: (text: string) => void },
) {
  const {
    placeholder = '',
    edit = (text) => editing.edit(path, text === '' ? undefined : text),
    ...rest
  } = parts
  return documentField(
    editing,
    path,
    rest,
    ({ id, invalid, describedBy }) => html`
      <input
        class="field"
        id=${id}
        .value=${live(value ?? '')}
        placeholder=${placeholder}
        autocomplete="off"
        aria-invalid=${invalid}
        aria-describedby=${describedBy}
        @input=${(event: Event) => edit((event.target as HTMLInputElement).value)}
      >
    `,
  )
}

/** A label with the word that the field may stay empty. */
export function optionalLabel(label: string) {
  return html`${label} <span class="optional">${words.optional}</span>`
}

/** The head of an editor: the way back, the document's name and id, and whether it is stored at all. */
export function editorHead(
  { document, isNew, lastChange }: AnyEditing,
  list: { href: string; label: string },
  { name, mark = words.notSavedMark, beside = nothing }: { name?: string; mark?: string; beside?: unknown },
) {
  return html`
    ${crumbs(list.href, list.label, words.path)}
    ${pageHead(
      name || document.id,
      html`
        <span class="id">${document.id}</span>
        ${isNew ? html`<span class="mark">${mark}</span>` : nothing}
        ${!isNew && lastChange ? html`· ${changeText(lastChange)}` : nothing}
      `,
      beside,
    )}
  `
}

/** All problems, with a way to each field. It takes the focus after a failed save. */
export function problemSummary(
  editing: AnyEditing,
  nameOf: (path: Path) => string,
  show: (path: Path) => void,
) {
  const { problems } = editing.draft
  if (problems.length === 0) return nothing
  return banner(
    'danger',
    html`
      <h2>${editing.isChanged ? words.notSaved(problems.length) : words.notInForce}</h2>
      <ul>
        ${problems.map(
          (problem) => html`
            <li>
              <button type="button" class="link" @click=${() => show(problem.path)}>${nameOf(problem.path)}</button>:
              ${problemText(problem, words.problems)}
            </li>
          `,
        )}
      </ul>
    `,
    'problems',
  )
}

/** How a field is called, and its value beside the one that it differs from, where versions are compared. */
export interface FieldTexts {
  nameOf(path: Path): string
  show(path: Path, value: unknown, other: unknown): TemplateResult | string
}

/** The fields in which two versions of a document differ, with both values. */
export function differencesTable(
  titles: [mine: string, theirs: string],
  rows: readonly DocumentDifference[],
  { nameOf, show }: FieldTexts,
) {
  return table(
    [words.field, ...titles],
    rows.map(
      ({ path, mine, theirs }) => html`
        <tr>
          <th scope="row">${nameOf(path)}</th>
          <td>${show(path, mine, theirs)}</td>
          <td>${show(path, theirs, mine)}</td>
        </tr>
      `,
    ),
    'differences',
  )
}

/** The differences to a version that somebody else has saved, and the two ways to continue. */
export function conflict(
  editing: AnyEditing,
  texts: FieldTexts,
  { leave, save, settled }: { leave: () => void; save: () => void; settled: () => void },
) {
  const { theirs, document } = editing.draft
  if (theirs === undefined) return nothing
  const choose = (choice: 'mine' | 'theirs', then: () => void) => () => {
    editing.settle(choice)
    then()
  }
  const [title, text, actions] =
    theirs === null
      ? [
          words.deletedByOther[editing.kind],
          words.deletedByOtherHelp,
          html`
            <button type="button" class="button" @click=${leave}>${words.leaveIt}</button>
            <button type="button" class="button" @click=${choose('mine', settled)}>${words.keepAsNew}</button>
          `,
        ]
      : [
          words.savedByOther[editing.kind],
          words.savedByOtherHelp,
          html`
            <button type="button" class="button" @click=${choose('theirs', settled)}>${words.takeTheirs}</button>
            <button type="button" class="button danger" @click=${choose('mine', save)}>${words.overwrite}</button>
          `,
        ]
  const change = editing.lastChange && changeText(editing.lastChange, theirs === null)
  const rows = theirs && differences(document, theirs.document)
  return banner(
    'warning',
    html`
      <h2>${title}</h2>
      <p>${change ? `${change}.` : nothing} ${text}</p>
      ${rows ? differencesTable([words.yours, words.theirs], rows, texts) : nothing}
      <p class="actions">${actions}</p>
    `,
    'conflict',
  )
}

/** @param obstacle why it cannot be saved as it stands */
export function editorSaveBar(editing: AnyEditing, save: () => void, discarded: () => void, obstacle = '') {
  const { state, failure, isChanged, isNew, draft } = editing
  const isSaving = state === 'saving'
  const isDone = state === 'saved' && !isChanged
  const isOff = isSaving || !isChanged || obstacle !== '' || draft.theirs !== undefined
  const press = () => {
    if (!isOff) save()
  }
  const discard = () => {
    editing.discard()
    discarded()
  }
  return saveBar(
    { text: saveStatus(editing, obstacle), isDone, isError: failure !== undefined },
    // After a save the button stays, so that the focus does. It is not `disabled`, which would take the focus away.
    isChanged || isDone
      ? html`
          ${
            isNew || isDone
              ? nothing
              : html`
                  <button type="button" class="button quiet" ?disabled=${isSaving} @click=${discard}>
                    ${words.discard}
                  </button>
                `
          }
          <button type="button" class="button primary" aria-disabled=${isOff} @click=${press}>
            ${words.save}
          </button>
        `
      : nothing,
  )
}

function saveStatus({ state, failure, isChanged, isNew, draft }: AnyEditing, obstacle: string): string {
  if (state === 'saving') return words.saving
  if (failure) return failureWords(failure)
  if (!isChanged) return state === 'saved' ? words.saved : ''
  if (draft.theirs !== undefined) return words.notSavedConflict
  return obstacle || (isNew ? words.notSavedYet : words.unsaved)
}

export function failureWords({ code, message, status, problems }: Refusal): string {
  if (problems) return problemsText(problems)
  switch (code) {
    case 'offline':
      return words.failures.offline
    case 'unavailable':
      return words.failures.unavailable
    case 'sign_in_needed':
      return words.failures.signedOut
    case 'not_allowed':
      return words.failures.notAllowed
    case 'too_large':
      return words.failures.tooLarge
    default:
      return words.failures.other(message || String(status))
  }
}

/** The head of a preview: its title, and the language of the customer who sees it. */
export function previewHead(language: Language, choose: (language: Language) => void) {
  return html`
    <div class="section-head">
      <h2 id="preview-title">${words.preview}</h2>
      ${select({
        value: language,
        options: languages.map((language) => [language, nameOfLanguage(language, language)] as const),
        choose,
        id: 'preview-language',
        label: words.customersLanguage,
        look: 'small',
      })}
    </div>
  `
}

/** Within or outside of the opening hours. */
export function hoursSegments(
  label: string,
  hours: 'during' | 'outside',
  choose: (hours: 'during' | 'outside') => void,
  look = '',
) {
  const { during, outside } = words.hoursShort
  return segments(
    label,
    [
      ['during', during],
      ['outside', outside],
    ],
    hours,
    choose,
    look,
  )
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
