/** The accent and the danger of light pages: a tab's ground is not the page's. */
const ground = '%230f6f68'
const mark = '%23b3261e'

let shown = -1

/** Draws how much calls for the agent into the tab's icon. */
export function showInFavicon(count: number): void {
  if (count === shown) return
  shown = count
  const text = count > 9 ? '9+' : String(count)
  const badge =
    count === 0
      ? ''
      : `<circle cx='21' cy='21' r='11' fill='${mark}'/><text x='21' y='26' font-size='${
          text.length > 1 ? 12 : 15
        }' text-anchor='middle' fill='%23fff' font-family='sans-serif' font-weight='700'>${text}</text>`
  const bubble = `<path d='M2 5a4 4 0 0 1 4-4h18a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H13l-7 7v-7a4 4 0 0 1-4-4z' fill='${ground}'/>`
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]')
  if (icon)
    icon.href = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>${bubble}${badge}</svg>`
}
