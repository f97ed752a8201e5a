import { html, nothing } from 'lit/html.js'
import { formattedText, type Inline, linksIn } from '../../../../engine/texts/markup.ts'

/** A text with its links, as a customer's is shown. White space is kept: its element has `pre-wrap`. */
export function linkedText(text = ''): unknown {
  return linksIn(text).map(inline)
}

/** A text with its links: a company's also formatted, as blocks; a customer's is never. */
export function saidText(text = '', isCompanys = false): unknown {
  if (!isCompanys) return linkedText(text)
  return formattedText(text).map((block) => {
    if ('inline' in block) return html`<div dir="auto">${block.inline.map(inline)}</div>`
    if ('code' in block) return html`<pre dir="ltr"><code>${block.code}</code></pre>`
    const items = block.items.map(
      ({ number, inline: parts }) => html`<li value=${number ?? nothing}>${parts.map(inline)}</li>`,
    )
    return block.items[0]?.number === undefined
      ? html`<ul dir="auto">${items}</ul>`
      : html`<ol dir="auto">${items}</ol>`
  })
}

function inline(part: Inline): unknown {
  if ('code' in part) return html`<code dir="ltr">${part.code}</code>`
  if ('strong' in part) return html`<strong>${part.strong.map(inline)}</strong>`
  if ('emphasis' in part) return html`<em>${part.emphasis.map(inline)}</em>`
  const { text, href } = part
  return href
    ? html`<a dir="ltr" href=${href} target="_blank" rel="noopener noreferrer nofollow">${text}</a>`
    : text
}
