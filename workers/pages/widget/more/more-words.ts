import { more as english, widget } from '../../words/widget/en.ts'
import { report } from '../report.ts'
import type { WidgetView } from '../view.ts'

type Words = typeof widget & typeof english

const known: Words = { ...widget, ...english }
let checked: object | undefined

/** All words: English ones where the language, or the page's own words, have none. */
export function inWords({ words }: WidgetView): Words {
  // A page may have given a name that is none: its developer is told.
  if (checked !== words)
    for (const name in words) if (!(name in known)) report(`words: there is no word "${name}"`)
  checked = words
  return { ...known, ...words }
}
