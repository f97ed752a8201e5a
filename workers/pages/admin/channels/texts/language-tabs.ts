import { html, nothing } from 'lit'
import { languages } from '../../../../../engine/texts/languages.ts'
import type { Localized } from '../../../../../schemas/configuration/localized.ts'
import { segments } from '../../../base/field.ts'
import { iconButton, icons } from '../../../base/icons.ts'
import { nameOfLanguage } from '../../../base/words.ts'
import { language as pageLanguage, words } from '../../language.ts'
import { languagesOf, withLanguage, withoutLanguage } from './text-languages.ts'

export interface LanguageTabs {
  /** The text's name. */
  name: string
  text: Localized | undefined
  /** Its language that is shown. */
  shown: string | undefined
  /** The text that a new language stands beside, if there is none yet: the default. */
  standard: { text: string; language: string }
  /** The language of a text that has none: the channel's. */
  base: string | undefined
  edit(text: Localized | undefined): void
  show(language: string): void
}

/** The languages of a text, one of which is shown; nothing for a text without. */
export function languageTabs(tabs: LanguageTabs) {
  const { name, text, shown, edit, show } = tabs
  if (shown === undefined) return nothing
  const given = languagesOf(text)
  const remove = () => {
    edit(withoutLanguage(text ?? '', shown))
    const next = given.find((other) => other !== shown)
    if (next) show(next)
  }
  return html`
    <div class="text-languages">
      ${segments(
        words.languagesOf(name),
        given.map((language) => [language, nameOf(language)] as const),
        shown,
        show,
      )}
      ${iconButton(icons.close, words.removeNamed(`${name}, ${nameOf(shown)}`), { press: remove })}
    </div>
  `
}

/** A control that adds a language to a text. */
export function addLanguage({ name, text, standard, base, edit, show }: LanguageTabs) {
  const given = languagesOf(text)
  const own = text ? (base?.toLowerCase().split(/[-_]/, 1)[0] ?? pageLanguage) : standard.language
  const others = languages.filter(
    (language) => !given.includes(language) && (given.length > 0 || language !== own),
  )
  const add = ({ target }: Event) => {
    const control = target as HTMLSelectElement
    const language = control.value
    control.value = ''
    if (!language) return
    edit(withLanguage(text || standard.text, own, language))
    show(language)
  }
  return html`
    <select class="field small add-language" aria-label=${words.addLanguage(name)} @change=${add}>
      <option value="">${words.addLanguageShort}</option>
      ${others.map((language) => html`<option value=${language}>${nameOf(language)}</option>`)}
    </select>
  `
}

function nameOf(language: string): string {
  return nameOfLanguage(language, pageLanguage)
}

/** The language to show of a text: the wanted one if it has it, else its first. */
export function shownLanguage(text: Localized | undefined, wanted: string): string | undefined {
  const given = languagesOf(text)
  return given.find((language) => language.split(/[-_]/, 1)[0] === wanted || language === wanted) ?? given[0]
}

/** Lets the editor around an element preview the language that is chosen in it. */
export function showLanguage(element: HTMLElement): (language: string) => void {
  return (language) =>
    element.dispatchEvent(new CustomEvent('language-chosen', { detail: language, bubbles: true }))
}
