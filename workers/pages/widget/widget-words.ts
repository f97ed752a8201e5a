import { fillIn } from '../../../engine/texts/fill.ts'
import { languageOf } from '../../../engine/texts/languages.ts'
import type { WidgetWords } from '../base/words.ts'
import { widget as english } from '../words/widget/en.ts'
import { report } from './report.ts'

/** The words in another language are shown if they arrive within this time, in milliseconds; else English. */
const loadMs = 3_000

const known: Record<string, WidgetWords | undefined> = { en: english }
const loading = new Map<string, Promise<void>>()

/** The words that an element shows. */
export class ShownWords {
  #words: WidgetWords | undefined
  /** The language and the page's own words that they were made of. */
  #source = ''

  /**
   * The words in a locale's language, with the page's own: English where frontdesk does not speak it, or where its words
   * cannot be loaded. While they are being loaded, the words before, if any; `loaded` is called in the end.
   *
   * @param gateway its URL with a slash at the end; empty: there is none
   * @param own the attribute `words`
   */
  inLanguageOf(
    locale: string,
    gateway: string,
    own: string | null,
    loaded: () => void,
  ): WidgetWords | undefined {
    const language = languageOf(locale) ?? 'en'
    const words = known[language] ?? (gateway ? undefined : english)
    const source = `${language} ${own}`
    if (words && source !== this.#source) {
      this.#words = own ? withOwnWords(words, own) : words
      this.#source = source
    }
    if (!words) {
      if (!loading.has(language)) loading.set(language, load(language, gateway))
      void loading.get(language)?.then(loaded)
    }
    return this.#words
  }
}

async function load(language: string, gateway: string): Promise<void> {
  try {
    const answer = await fetch(`${gateway}widget/words/${language}.json`, {
      signal: AbortSignal.timeout(loadMs),
    })
    // A gateway of another version may lack a word.
    known[language] = { ...english, ...(await answer.json()) }
  } catch {
    known[language] = english
  }
}

/** The words with the page's own, from the attribute `words`: JSON with texts by name. */
function withOwnWords(words: WidgetWords, json: string): WidgetWords {
  try {
    const own = Object.entries(JSON.parse(json)).filter(([name, text]) => {
      // The second script checks the other names: it knows all words.
      const isWord = !/^(language|fieldErrors)$/.test(name) && typeof text === 'string'
      if (!isWord) report(`words: there is no word "${name}", or it is no text`)
      return isWord
    })
    return { ...words, ...Object.fromEntries(own) }
  } catch {
    report('words is not JSON')
    return words
  }
}

/** A text with the number in it, in the plural form of the locale. */
export function counted(texts: WidgetWords['unread'] | string, count: number, locale: string): string {
  const text =
    typeof texts === 'string' ? texts : (texts[new Intl.PluralRules(locale).select(count)] ?? texts.other)
  return fillIn(text, { count: count.toLocaleString(locale) })
}
