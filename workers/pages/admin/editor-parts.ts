import { html, nothing, type TemplateResult } from 'lit'
import type { Refusal } from '../base/ask.ts'
import { icons } from '../base/icons.ts'
import { problemText } from '../base/words.ts'
import { differences, isWithin, type Path } from './draft.ts'
import type { Editing } from './editing.ts'
import { words } from './language.ts'

/** Of a field's element, and of what describes it. */
export function fieldId(path: Path): string {
  return ['field', ...path].join('-')
}

/** What is wrong with a field, under it; with `isWhole`, with anything inside of it too. */
export function fieldError(editing: Editing<{ id: string }>, path: Path, isWhole = false) {
  const problems = problemsAt(editing, path, isWhole)
  if (problems.length === 0) return nothing
  return html`<p class="field-error" id="${fieldId(path)}-error">${problems.map((problem) => problemText(problem, words.problems)).join('; ')}</p>`
}

export function problemsAt({ draft }: Editing<{ id: string }>, path: Path, isWhole = false) {
  return draft.problems.filter(
    (problem) => isWithin(problem.path, path) && (isWhole || problem.path.length === path.length),
  )
}

/** What a field's element says of itself: what is wrong with it, and which texts describe it. */
export function described(editing: Editing<{ id: string }>, path: Path, ...others: string[]) {
  const isWrong = problemsAt(editing, path).length > 0
  const ids = [...(isWrong ? [`${fieldId(path)}-error`] : []), ...others]
  return { invalid: isWrong ? 'true' : ('false' as const), by: ids.length > 0 ? ids.join(' ') : nothing }
}

/** All that was refused, with a way to each field. It takes the focus where a save has failed. */
export function problemSummary(
  editing: Editing<{ id: string }>,
  nameOf: (path: Path) => string,
  show: (path: Path) => void,
) {
  const { draft } = editing
  if (draft.problems.length === 0) return nothing
  return html`
    <section class="banner danger" id="problems" role="alert" tabindex="-1">
      ${icons.warning}
      <div>
        <h2>${editing.isChanged ? words.notSaved(draft.problems.length) : words.notInForce}</h2>
        <ul>
          ${draft.problems.map(
            (problem) => html`
              <li>
                <button type="button" class="link" @click=${() => show(problem.path)}>${nameOf(problem.path)}</button>:
                ${problemText(problem, words.problems)}
              </li>
            `,
          )}
        </ul>
      </div>
    </section>
  `
}

/** Somebody else has saved what is edited here: what differs, and the two ways to go on. */
export function conflict(
  editing: Editing<{ id: string }>,
  nameOf: (path: Path) => string,
  show: (path: Path, value: unknown) => TemplateResult | string,
  { leave, save, settled }: { leave: () => void; save: () => void; settled: () => void },
) {
  const { theirs, document } = editing.draft
  if (theirs === undefined) return nothing
  if (theirs === null)
    return html`
      <section class="banner warning" id="conflict" role="alert" tabindex="-1">
        ${icons.warning}
        <div>
          <h2>${words.deletedByOther[editing.kind]}</h2>
          <p>${words.deletedByOtherHelp}</p>
          <p class="actions">
            <button type="button" class="button" @click=${leave}>${words.leaveIt}</button>
            <button type="button" class="button" @click=${() => {
              editing.settle('mine')
              settled()
            }}>${words.keepAsNew}</button>
          </p>
        </div>
      </section>
    `
  return html`
    <section class="banner warning" id="conflict" role="alert" tabindex="-1">
      ${icons.warning}
      <div>
        <h2>${words.savedByOther[editing.kind]}</h2>
        <p>${words.savedByOtherHelp}</p>
        <div class="scroll">
          <table class="differences">
            <thead>
              <tr><th scope="col">${words.field}</th><th scope="col">${words.yours}</th><th scope="col">${words.theirs}</th></tr>
            </thead>
            <tbody>
              ${differences(document, theirs.document).map(
                ({ path, mine, theirs }) => html`
                  <tr><th scope="row">${nameOf(path)}</th><td>${show(path, mine)}</td><td>${show(path, theirs)}</td></tr>
                `,
              )}
            </tbody>
          </table>
        </div>
        <p class="actions">
          <button type="button" class="button" @click=${() => {
            editing.settle('theirs')
            settled()
          }}>${words.takeTheirs}</button>
          <button type="button" class="button danger" @click=${() => {
            editing.settle('mine')
            save()
          }}>${words.overwrite}</button>
        </p>
      </div>
    </section>
  `
}

/**
 * Stays at the bottom while there is something to save, or to say about it.
 * @param obstacle why it cannot be saved as it stands
 */
export function saveBar(
  editing: Editing<{ id: string }>,
  save: () => void,
  discarded: () => void,
  obstacle = '',
) {
  const { state, failure, isChanged, isNew } = editing
  const isSaving = state === 'saving'
  const said = isSaving
    ? words.saving
    : failure
      ? failureWords(failure)
      : isChanged
        ? editing.draft.theirs !== undefined
          ? words.notSavedConflict
          : obstacle || (isNew ? words.notSavedYet : words.unsaved)
        : state === 'saved'
          ? words.saved
          : ''
  return html`
    <footer class="save-bar" ?data-shown=${said !== ''}>
      <p role="status" tabindex="-1" class=${failure ? 'field-error' : ''}>${state === 'saved' && !isChanged ? icons.check : nothing}${said}</p>
      ${
        isChanged
          ? html`
            ${
              isNew
                ? nothing
                : html`<button type="button" class="button quiet" ?disabled=${isSaving} @click=${() => {
                    editing.discard()
                    discarded()
                  }}>${words.discard}</button>`
            }
            <button type="button" class="button primary" ?disabled=${isSaving || obstacle !== '' || editing.draft.theirs !== undefined} @click=${save}>${words.save}</button>
          `
          : nothing
      }
    </footer>
  `
}

export function failureWords({ code, message, status }: Refusal): string {
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

/** A question before something is done that cannot be undone, in the place of its button. */
export function confirmation(
  question: TemplateResult | string,
  doIt: string,
  yes: () => void,
  no: () => void,
) {
  return html`
    <div class="banner danger confirmation" role="group" aria-label=${doIt}>
      <div>
        ${typeof question === 'string' ? html`<p>${question}</p>` : question}
        <p class="actions">
          <button type="button" class="button" @click=${no}>${words.cancel}</button>
          <button type="button" class="button danger" @click=${yes}>${doIt}</button>
        </p>
      </div>
    </div>
  `
}

/** What stands above a preview: its title, and the language of the customer that it shows. */
export function previewHead(language: 'en' | 'fr', choose: (language: 'en' | 'fr') => void): TemplateResult {
  return html`
    <div class="section-head">
      <h2 id="preview-title">${words.preview}</h2>
      <label class="visually-hidden" for="preview-language">${words.customersLanguage}</label>
      <select class="field small" id="preview-language" @change=${(event: Event) =>
        choose((event.target as HTMLSelectElement).value as 'en' | 'fr')}>
        <option value="en" ?selected=${language === 'en'}>English</option>
        <option value="fr" ?selected=${language === 'fr'}>Français</option>
      </select>
    </div>
  `
}
