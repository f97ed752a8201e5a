import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const folder = 'workers/pages'
const sheets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.css'),
)

/** The rules of a style sheet, those inside `@media` too: the last part of each selector, and the declarations. */
function rulesOf(text: string): { element: string; body: string }[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '')
  return [...code.matchAll(/([^{};]+)\{([^{}]*)\}/g)].flatMap(([, selectors = '', body = '']) =>
    selectors.split(',').map((selector) => ({ element: selector.trim().split(/\s+/).at(-1) ?? '', body })),
  )
}

/** Whether each element of one selector is one of the other's, as far as their names tell. */
function isPartOf(element: string, other: string): boolean {
  const names = (selector: string) => selector.match(/[.#]?[\w-]+/g) ?? []
  return names(other).every((name) => names(element).some((own) => own === name))
}

// Otherwise an absolutely placed element inside, such as a hidden text, is placed and scrolled by the document, which
// grows as long as the content: the page could be scrolled away.
it.each(sheets)('what scrolls in %s is the containing block of its content', (sheet) => {
  const rules = rulesOf(readFileSync(`${folder}/${sheet}`, 'utf8'))
  const isScroller = ({ body }: { body: string }) => /\boverflow(-\w+)?:[^;]*\b(auto|scroll)\b/.test(body)
  const isPlaced = ({ element }: { element: string }) =>
    rules.some((rule) => /\bposition:/.test(rule.body) && isPartOf(element, rule.element))
  expect(rules.filter((rule) => isScroller(rule) && !isPlaced(rule)).map(({ element }) => element)).toEqual(
    [],
  )
})
