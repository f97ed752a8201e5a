import type { Problem, ProblemWords } from '../../../schemas/problem.ts'
import type { bots } from '../words/admin/bots/en.ts'
import type { calendars } from '../words/admin/calendars/en.ts'
import type { admin } from '../words/admin/en.ts'
import type { look } from '../words/admin/look/en.ts'
import type { people } from '../words/admin/people/en.ts'
import type { reminders } from '../words/admin/reminders/en.ts'
import type { replies } from '../words/admin/replies/en.ts'
import type { webhooks } from '../words/admin/webhooks/en.ts'
import type { desk } from '../words/desk/en.ts'
import type { shell } from '../words/en.ts'
import type { numbers } from '../words/numbers/en.ts'
import type { widget } from '../words/widget/en.ts'

export type WidgetWords = typeof widget
export type DeskWords = typeof desk
export type ShellWords = typeof shell
export type NumbersWords = typeof numbers
export type AdminWords = typeof admin &
  typeof bots &
  typeof calendars &
  typeof reminders &
  typeof replies &
  typeof webhooks &
  typeof look &
  typeof people & { problems: ProblemWords }

// A language of the staff's pages is a file in `words` and in its `desk`, `numbers`, `admin` and the folders of that.
// The bundler reads the globs as they stand here and makes static imports of them, so that a page carries its own words
// only. The widget loads the words of its customer's language, a file in `words/widget`.

export function deskWords(locale: string): DeskWords {
  const files = import.meta.glob<DeskWords>('../words/desk/*.ts', { eager: true, import: 'desk' })
  return inLanguage(files, locale)
}

export function shellWords(locale: string): ShellWords {
  const files = import.meta.glob<ShellWords>('../words/*.ts', { eager: true, import: 'shell' })
  return inLanguage(files, locale)
}

export function numbersWords(locale: string): NumbersWords {
  const files = import.meta.glob<NumbersWords>('../words/numbers/*.ts', { eager: true, import: 'numbers' })
  return inLanguage(files, locale)
}

export function adminWords(locale: string): AdminWords {
  const files = import.meta.glob<typeof admin>('../words/admin/*.ts', { eager: true, import: 'admin' })
  const botFiles = import.meta.glob<typeof bots>('../words/admin/bots/*.ts', { eager: true, import: 'bots' })
  const calendarFiles = import.meta.glob<typeof calendars>('../words/admin/calendars/*.ts', {
    eager: true,
    import: 'calendars',
  })
  const reminderFiles = import.meta.glob<typeof reminders>('../words/admin/reminders/*.ts', {
    eager: true,
    import: 'reminders',
  })
  const replyFiles = import.meta.glob<typeof replies>('../words/admin/replies/*.ts', {
    eager: true,
    import: 'replies',
  })
  const webhookFiles = import.meta.glob<typeof webhooks>('../words/admin/webhooks/*.ts', {
    eager: true,
    import: 'webhooks',
  })
  const lookFiles = import.meta.glob<typeof look>('../words/admin/look/*.ts', { eager: true, import: 'look' })
  const peopleFiles = import.meta.glob<typeof people>('../words/admin/people/*.ts', {
    eager: true,
    import: 'people',
  })
  const problems = import.meta.glob<ProblemWords>('../words/*.ts', { eager: true, import: 'problems' })
  return {
    ...inLanguage(files, locale),
    ...inLanguage(botFiles, locale),
    ...inLanguage(calendarFiles, locale),
    ...inLanguage(reminderFiles, locale),
    ...inLanguage(replyFiles, locale),
    ...inLanguage(webhookFiles, locale),
    ...inLanguage(lookFiles, locale),
    ...inLanguage(peopleFiles, locale),
    problems: inLanguage(problems, locale),
  }
}

/** The words in a locale's language, else in English. */
function inLanguage<Words>(files: Record<string, Words>, locale: string): Words {
  const fileOf = (language: string) => Object.keys(files).find((path) => path.endsWith(`/${language}.ts`))
  const language = locale.toLowerCase().split(/[-_]/, 1)[0] as string
  return files[fileOf(language) ?? (fileOf('en') as string)] as Words
}

/** A problem in words; in English if the gateway is newer than the page. */
export function problemText({ code, params, message }: Problem, words: ProblemWords): string {
  const text = words[code] as ((params?: object) => string) | undefined
  return text ? text(params) : message
}

/** Whether a locale's language is written from right to left. */
export function isRightToLeft(locale: string): boolean {
  return /^(ar|arc|ckb|dv|fa|he|iw|ks|ps|sd|ug|ur|yi)\b/i.test(locale)
}

/** A locale in a reader's language, such as `English (Canada)`; unchanged if it is not a valid locale. */
export function nameOfLanguage(locale: string, reader: string): string {
  try {
    const name = new Intl.DisplayNames(reader, { type: 'language' }).of(locale) ?? locale
    return name.charAt(0).toLocaleUpperCase(reader) + name.slice(1)
  } catch {
    return locale
  }
}
