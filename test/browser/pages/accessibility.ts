import axeCore from 'axe-core'
import type { Locator, Page } from 'playwright-core'

/** The violations that axe finds of WCAG 2.2 AA and of good practice, open shadow roots included. */
export async function axe(page: Page): Promise<string[]> {
  // Not a script tag: the pages allow only their own scripts.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeCore.source)
  return await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axeCore }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // Rules that pass are not described: that takes longer than the rules themselves.
      resultTypes: ['violations'],
    })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
}

/** Whether the page fits into the width of its window. */
export async function fits(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
}

/** Presses Tab until the target has the focus, so it is reached only where a keyboard reaches it. */
export async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let pressed = 0; pressed < 80; pressed++) {
    if (await hasFocus(target)) return
    await page.keyboard.press(key)
  }
  throw new Error(`Tab does not come to ${target}`)
}

export async function hasFocus(target: Locator): Promise<boolean> {
  if ((await target.count()) === 0) return false
  return await target.evaluate(
    (element) => (element.getRootNode() as Document | ShadowRoot).activeElement === element,
  )
}

/** Whether something lies over the middle of the element that has the focus. */
export async function isFocusCovered(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    let root: Document | ShadowRoot = document
    while (root.activeElement?.shadowRoot) root = root.activeElement.shadowRoot
    const box = root.activeElement?.getBoundingClientRect()
    if (!box) throw new Error('nothing has the focus')
    return root.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) !== root.activeElement
  })
}

/** The element that has the focus, through all shadow roots: its tag and its name. */
export async function focusedElement(page: Page): Promise<string> {
  return await page.evaluate(() => {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return `${element?.localName} ${element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''}`
  })
}
